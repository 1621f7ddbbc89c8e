/**
 * Arm SMMUv3, non-secure programming interface, hitless on the PASID (substream) path.
 *
 * <p>Enter at {@link dev.hitless.iommu.driver.smmuv3.Smmuv3DriverProvider}. Everything else is package-private: {@code
 * BringUp} turns the hardware on, {@code Smmuv3Driver} hands out devices and domains, {@code SmmuReplacement} puts a
 * domain behind a PASID, {@code ChangePlanner} knows which entries have to change in which order, {@code EntryWriter} how an
 * entry may be changed while hardware reads it, and {@code Invalidations} what must be dropped from which cache.
 *
 * <p>Two tables decide about a request:
 *
 * <pre>
 *  STRTAB_BASE -> [L1STD] -> STE of the StreamID -+-> stage 2 table           (Config = S2)
 *                                                 +-> [L1CD] -> CD of the SubstreamID (PASID) -> stage 1 table
 *                                                 +-> requests without PASID, by S1DSS: abort, bypass, or CD 0
 * </pre>
 *
 * <p>ASIDs and VMIDs are never shared: each domain has its own, and it is clean when it is given back. STEs with stage 1
 * only carry VMID 0, which no domain has.
 *
 * <p>Facts are those of Arm IHI 0070 (SMMUv3) and of the Linux driver; section numbers in comments are IHI 0070's.
 */
@NullMarked
package dev.hitless.iommu.driver.smmuv3;

import org.jspecify.annotations.NullMarked;
