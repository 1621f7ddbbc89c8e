/**
 * AMD-Vi (AMD I/O Virtualization Technology), hitless behind PASIDs and without.
 *
 * <p>Enter at {@link dev.hitless.iommu.driver.amdvi.AmdviDriverProvider}. Everything else is package-private: {@code
 * BringUp} turns the hardware on, {@code AmdviDriver} hands out devices and domains, {@code AmdviReplacement} puts a
 * domain behind a PASID or behind requests without one, {@code DeviceTableWriter} knows how a device-table entry may be
 * changed while hardware reads it, and {@code Invalidations} what must be dropped from which cache.
 *
 * <p>Three decisions carry the design:
 *
 * <ul>
 *   <li>Each device has a DomainID, a GCR3 table and a depth of guest tables for life. So nearly every change of domain is
 *       one 64-bit store: to a GCR3 entry, or to the first word of the device-table entry.
 *   <li>A 4-level v2 table stands below a page of its own on hardware that walks 5 levels. So domains of both depths live
 *       side by side, although GuestPagingMode is one field for the whole device.
 *   <li>What blocks is V=1, TV=0, or a GCR3 entry that is not valid. Never V=0: that is pass-through.
 * </ul>
 *
 * <p>Facts are those of the AMD I/O Virtualization Technology (IOMMU) Specification, 48882, and of the Linux driver;
 * section numbers in comments are the specification's.
 */
@NullMarked
package dev.hitless.iommu.driver.amdvi;

import org.jspecify.annotations.NullMarked;
