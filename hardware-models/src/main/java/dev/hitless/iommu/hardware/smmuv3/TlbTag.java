package dev.hitless.iommu.hardware.smmuv3;

/**
 * Tags of translations and page-table entries (IHI 0070 3.17, 4.4): the translation regime, the VMID where the regime is
 * NS-EL1 (also when only stage 1 is on), and the ASID unless the leaf is global.
 *
 * <pre>
 *  63     36 35 34   33   32  31       16 15        0
 * +---------+-----+----+----+------------+-----------+
 * |    0    | world | 0 | G  |    VMID    |   ASID    |
 * +---------+-----+----+----+------------+-----------+
 * </pre>
 *
 * A translation by stage 2 alone belongs to a world of its own: its input is an intermediate physical address, and
 * TLBI_NH_* do not reach it.
 */
final class TlbTag {
    /** Stage 1 of the non-secure EL1 regime, with or without stage 2 behind it. */
    static final int EL1 = 0;
    /** EL2 without E2H: no ASID, no VMID. */
    static final int EL2 = 1;
    /** EL2 with E2H: ASID, no VMID. */
    static final int EL2_E2H = 2;
    /** Stage 2 alone. */
    static final int STAGE2 = 3;

    private static final int VMID_SHIFT = 16;
    private static final int WORLD_SHIFT = 34;
    private static final long GLOBAL = 1L << 32;
    private static final long ASID_MASK = 0xFFFF;

    private TlbTag() {}

    /** Non-global entries of stage 1. {@code vmid} and {@code asid} are 0 where {@code world} has none. */
    static long stage1(int world, int vmid, int asid) {
        return (long) world << WORLD_SHIFT | (long) vmid << VMID_SHIFT | asid;
    }

    /** The global entries that a lookup under {@code stage1Tag} also matches. */
    static long global(long stage1Tag) {
        return (stage1Tag & ~ASID_MASK) | GLOBAL;
    }

    /** Stage 2 of {@code vmid}. */
    static long stage2(int vmid) {
        return (long) STAGE2 << WORLD_SHIFT | (long) vmid << VMID_SHIFT;
    }

    static int world(long tag) {
        return (int) (tag >>> WORLD_SHIFT);
    }

    static int vmid(long tag) {
        return (int) (tag >>> VMID_SHIFT) & 0xFFFF;
    }

    static int asid(long tag) {
        return (int) (tag & ASID_MASK);
    }

    static boolean isGlobal(long tag) {
        return (tag & GLOBAL) != 0;
    }
}
