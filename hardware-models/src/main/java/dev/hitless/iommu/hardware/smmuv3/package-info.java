/**
 * The Arm SMMUv3, non-secure programming interface, as a hardware model. Enter at {@link
 * dev.hitless.iommu.hardware.smmuv3.Smmuv3HardwareModelProvider}.
 *
 * <p>Source: Arm IHI 0070 (SMMUv3 architecture, issue H.a), Arm ARM (VMSAv8-64, 4 KiB granule). Sections are named where
 * a rule is applied. Nothing here was taken from a driver; used bits follow from the specification's "ignored" rules.
 *
 * <p>The parts:
 *
 * <pre>
 * Smmuv3HardwareModel       register file, both pages                       (IHI 0070 chapter 6)
 *   CommandQueue            fetch, errors, CMD_SYNC completion              (3.5, 4.7, 7.1)
 *     CommandDecoder        16 bytes to Command, reserved fields            (chapter 4)
 *   RecordQueue             event queue and PRI queue                       (3.5, 7.2, 8.1)
 *   Smmuv3Walker            one translation                                 (3.3, 3.4)
 *     StreamTable           StreamID to STE                                 (3.3.1, 5.1, 5.2)
 *     ContextTable          SubstreamID to CD                               (3.3.2, 5.3, 5.4)
 *     Stage1, Stage2        VMSAv8-64 tables
 *   TlbTag, ConfigurationTag what caches are tagged with                    (3.17, 4.3, 4.4)
 * </pre>
 *
 * <p>Where the specification leaves a choice, the model takes the one that is hardest for software:
 *
 * <ul>
 *   <li>Invalid STEs, CDs, L1STDs and L1CDs may be cached (3.21.3); a fetch that found no memory, or that stage 2
 *       refused, is not.
 *   <li>STEs and CDs are read in pieces of 64 bits (128 as an option, for processing elements with FEAT_LSE2), in any order,
 *       V neither first nor last (3.21.3); L1STDs, L1CDs and table descriptors are one piece.
 *   <li>An STE is kept for its StreamID, a CD and an L1CD for StreamID and SubstreamID, also where several streams share a
 *       table (3.21.3, 4.3.3). CFGI_STE and its ranges drop, with the STE, every CD and L1CD of the stream.
 *   <li>CFGI commands drop no translation; TLBI commands drop no configuration. CFGI_STE with Leaf=1 keeps L1STDs.
 *   <li>Translations of stage 2 alone are kept apart from those of stage 1 under the same VMID. Requests that bypass
 *       translation leave nothing in the TLB.
 *   <li>TLBI_S2_IPA drops stage-2 entries only; a translation combined from both stages stays.
 *   <li>TLBI with Leaf=1 keeps table entries; a TTL hint drops leaf entries of that level, and smaller
 *       ones, which two stages together may have made of it.
 *   <li>ATC_INV with SSV=0 carries no PASID prefix and drops the device's entries of every PASID in its range: PCI
 *       Express has no way to address only those without PASID.
 *   <li>An ATC_INV that times out voids every ATC_INV that the failing CMD_SYNC would have covered (4.7.3: the failing
 *       subset is unknown).
 *   <li>Between two commands of one doorbell there is no order, even with a CMD_SYNC between them: only a completion
 *       that software has seen orders. This is stricter than 4.7.3, which lets no later command start early.
 *   <li>A page-table or configuration fetch snoops CPU caches only where IDR0.COHACC is 1 and the attributes that govern
 *       it (CR1, STE.S1C*, CD.xR0, STE.S2xR0) are cacheable and shareable.
 *   <li>Reserved bits in commands are CERROR_ILL.
 * </ul>
 *
 * <p>How faults are classed: {@code BLOCKED} is an STE or CD with V=0, Config=abort, GBPA.ABORT, an L1STD with Span 0, a
 * StreamID or SubstreamID that has no entry, S1DSS=terminate, EPD0=1 and a refused ATS request; {@code ILLEGAL_ENTRY} is
 * a valid STE or CD that the specification calls ILLEGAL, a reserved descriptor type and an output address beyond the
 * output size; {@code NOT_MAPPED} is F_TRANSLATION and an input address beyond the output size in bypass; {@code
 * PERMISSION} is F_PERMISSION and F_ACCESS; {@code ACCESS} is a fetch where there is no memory. Fault codes are event
 * numbers (7.3); 0 is an abort without an event.
 *
 * <p>A guest context ({@link dev.hitless.iommu.hardware.HardwareModel#newGuestContext}) names its fields as the STE does:
 * {@code S1Fmt}, {@code S1CDMax}, {@code S1DSS}, {@code S1CIR}, {@code S1COR}, {@code S1CSH}, {@code S1STALLD}, {@code
 * STRW}. Its root is the guest-physical S1ContextPtr, a linear table.
 */
@NullMarked
package dev.hitless.iommu.hardware.smmuv3;

import org.jspecify.annotations.NullMarked;
