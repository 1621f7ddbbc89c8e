/**
 * Hardware model of Intel VT-d in scalable mode (specification revisions 3.x and later), independent of any driver.
 *
 * <p>Enter at {@link dev.hitless.iommu.hardware.vtd.VtdHardwareModelProvider}. {@code VtdWalker} follows root, context,
 * PASID directory and PASID entry; {@code FirstStageWalk} and {@code SecondStageWalk} walk pages; {@code
 * VtdHardwareModel} is the register file; {@code InvalidationQueue} executes what {@code DescriptorDecoder} makes of
 * queued descriptors; {@code CacheTag} says under which tag hardware keeps what it read.
 *
 * <h2>Fields of a nested domain</h2>
 *
 * A guest's first stage is described by the fields of the PASID entry that it would program, under their names in the
 * specification, in upper case; absent means 0. The root is {@code NestedConfig.guestRoot}, the levels (FSPM) are {@code
 * NestedConfig.levels}.
 *
 * <pre>
 * SRE   supervisor requests are allowed        needs ECAP.SRS
 * ERE   execute requests are allowed           needs ECAP.ERS
 * WPE   supervisor writes obey read-only pages only with SRE
 * NXE   execute-disable bits are honoured
 * SMEP  no supervisor execution of user pages  only with SRE
 * EAFE  the extended-accessed flag is kept     needs ECAP.EAFS
 * PGSNP the final access snoops                needs ECAP.SC
 * </pre>
 */
@NullMarked
package dev.hitless.iommu.hardware.vtd;

import org.jspecify.annotations.NullMarked;
