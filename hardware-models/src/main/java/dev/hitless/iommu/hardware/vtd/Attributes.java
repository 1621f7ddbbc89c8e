package dev.hitless.iommu.hardware.vtd;

/**
 * What a translation carries beside address and permissions: everything in which two translations can differ. Page-level
 * memory-type bits are kept although ECAP.MTS is 0, and so are the bits that decide about supervisor requests, flags and
 * dirty tracking: a mix of two tables must not pass for one of them because it differs only there.
 *
 * <pre>
 *  16        interrupt, not DMA
 *  15:13     a write needs a dirty flag that cannot be set, and why
 *  12        SSADE
 *  11:8      EAFE, SMEP, WPE, SRE
 *   7, 6:4   IPAT, EMT of the second-stage leaf
 *   3:1      PAT, PCD, PWT of the first-stage leaf
 *   0        snoop
 * </pre>
 */
final class Attributes {
    /** The final access snoops: PGSNP, or SNP of the second-stage leaf. */
    static final long SNOOP = 1;
    /** A write needs the dirty flag to be set, by a walk that does not snoop. */
    static final long DIRTY_WITHOUT_SNOOP = 1L << 13;
    /** A write needs the dirty flag to be set in a table that the second stage does not let be written. */
    static final long DIRTY_IN_READ_ONLY_TABLE = 1L << 14;
    /** The flag that a non-snooping write needs is one of the second stage. */
    static final long DIRTY_OF_SECOND_STAGE = 1L << 15;
    /** Not DMA: the write is an interrupt. */
    static final long INTERRUPT = 1L << 16;

    private Attributes() {}

    /** Of a first-stage leaf; {@code patBit} is 7 for 4 KiB pages and 12 for larger ones. */
    static long ofFirstStageLeaf(long entry, int patBit) {
        return (entry >>> 3 & 1) << 1 | (entry >>> 4 & 1) << 2 | (entry >>> patBit & 1) << 3;
    }

    /** Of a second-stage leaf: EMT 5:3, IPAT 6, SNP 11. */
    static long ofSecondStageLeaf(long entry) {
        return (entry >>> 3 & 0xF) << 4 | (entry >>> 11 & 1);
    }

    /** Of the first-stage half of a PASID entry. */
    static long ofFirstStage(long q2) {
        return (q2 & 1) << 8 | (q2 >>> 4 & 1) << 9 | (q2 >>> 6 & 3) << 10;
    }

    /** Of the second-stage half of a PASID entry. */
    static long ofSecondStage(long q0) {
        return (q0 >>> 9 & 1) << 12;
    }

    /** Of any PASID entry. */
    static long ofEntry(long q1) {
        return PasidEntry.pageSnoop(q1) ? SNOOP : 0;
    }
}
