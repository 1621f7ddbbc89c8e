package dev.hitless.iommu.driver.smmuv3;

/** What VMSAv8-64 descriptors of both stages have in common. Levels count up from the pages. */
final class Descriptor {
    /** Pages of 4 KiB, blocks of 2 MiB and 1 GiB. */
    static final long PAGE_SIZES = 1L << 12 | 1L << 21 | 1L << 30;

    static final long ADDRESS = 0x0000_FFFF_FFFF_F000L;
    static final long OUTER_SHAREABLE = 2L << 8;
    static final long INNER_SHAREABLE = 3L << 8;
    static final long ACCESSED = 1L << 10;
    static final long TABLE = 3;

    private static final long VALID = 1;
    private static final long PAGE = 3;
    private static final long BLOCK = 1;
    private static final long TYPE = 3;

    private Descriptor() {}

    static long leafType(int level) {
        return level == 0 ? PAGE : BLOCK;
    }

    static boolean isValid(long descriptor) {
        return (descriptor & VALID) != 0;
    }

    static boolean isLeaf(int level, long descriptor) {
        return level == 0 || (descriptor & TYPE) == BLOCK;
    }
}
