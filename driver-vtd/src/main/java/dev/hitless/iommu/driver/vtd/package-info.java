/**
 * Intel VT-d in scalable mode, hitless on the PASID path.
 *
 * <p>Enter at {@link dev.hitless.iommu.driver.vtd.VtdDriverProvider}. Everything else is package-private: {@code BringUp}
 * turns the hardware on, {@code VtdDriver} hands out devices and domains, {@code PasidReplacement} puts a domain behind a
 * PASID, {@code PasidTableWriter} knows how the table may be written while hardware reads it, and {@code Invalidations}
 * what must be dropped from which cache.
 *
 * <p>Facts are those of the VT-d specification and of the Linux driver; section numbers in comments are the
 * specification's.
 */
@NullMarked
package dev.hitless.iommu.driver.vtd;

import org.jspecify.annotations.NullMarked;
