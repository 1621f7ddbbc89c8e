/**
 * Hardware model of Intel VT-d in scalable mode (specification revisions 3.x and later), independent of any driver.
 *
 * <p>Enter at {@link dev.hitless.iommu.hardware.vtd.VtdHardwareModelProvider}. {@code VtdWalker} follows root, context,
 * PASID directory and PASID entry; {@code FirstStageWalk} and {@code SecondStageWalk} walk pages; {@code
 * VtdHardwareModel} is the register file; {@code InvalidationQueue} executes what {@code DescriptorDecoder} makes of
 * queued descriptors; {@code CacheTag} says under which tag hardware keeps what it read.
 *
 * <h2>What it may have read, and keep</h2>
 *
 * <pre>
 * structure               fetched in          kept in                       known by
 * root entry              128 bits, at once   context cache, with the next  SID
 * context entry           2 x 128 bits        context cache                 SID
 * PASID directory entry   64 bits             PASID cache, with the next    SID, PASID; any DID
 * PASID entry             4 x 128 bits        PASID cache                   SID, PASID, DID
 * first-stage entry       64 bits             paging structures: non-leaf   DID, PASID
 * second-stage entry      64 bits             paging structures: non-leaf,  DID
 *                                             leaf if a nested walk used it
 * result                  -                   IOTLB                         DID (second stage); DID, PASID, privilege
 * result, asked by ATS    -                   device TLB                    SID, PASID if the request had one
 * </pre>
 *
 * No cache holds the root of a page table, so an entry that changes it without its domain id meets what was cached under
 * the old root; and none includes another, so each has to be told (VT-d spec 6.2, and the guidance of 6.5.3.3). Entries that
 * are not present or illegal are kept only with CAP.CM = 1, first-stage ones never (6.1): not-present PASID entries and
 * what leads to them without a domain id, so that any PASID-cache command for that PASID drops them. Faults of the walk
 * itself are kept nowhere.
 *
 * <p>Taken from the specification: tags of the IOTLB and of PASID entries, the granularities of the commands, the
 * ownership handshake. Inferred, and read to the driver's disadvantage: the size of fetches and that there is no order among
 * those of one entry (it is said of PASID entries by the authors of Linux's driver only), that pieces of the directory are
 * kept with PASID entries, and that a PASID-cache invalidation that is waited for ends fetches under way. Read to its
 * advantage: that the unit with P is fetched first; option {@code fetch-order=any} takes that back.
 *
 * <p>Not modelled: legacy mode (requests fault), the register-based invalidation interface, interrupt remapping, and the
 * stores of hardware to accessed and dirty bits, of which only the fault is that non-coherent walks make of them.
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
