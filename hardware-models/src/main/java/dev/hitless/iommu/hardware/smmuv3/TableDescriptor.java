package dev.hitless.iommu.hardware.smmuv3;

/**
 * Reads VMSAv8-64 descriptors of tables with a 4 KiB granule (Arm ARM D8.3).
 *
 * <pre>
 * type 1:0    x0 invalid | 01 block at levels 1 and 2, reserved at levels 0 and 3 | 11 table, or page at level 3
 * table       63 NSTable | 62:61 APTable | 60 UXNTable | 47:12 next table
 * stage-1 leaf 54 UXN | 53 PXN | 52 Contig | 51 DBM | 47:12 output | 11 nG | 10 AF | 9:8 SH | 7:6 AP | 4:2 AttrIndx
 * stage-2 leaf 54:53 XN | 52 Contig | 51 DBM | 47:12 output | 10 AF | 9:8 SH | 7 write | 6 read | 5:2 MemAttr
 * </pre>
 */
final class TableDescriptor {
    static final int LAST_LEVEL = 3;
    static final int BITS_PER_LEVEL = 9;
    static final int INDEX_MASK = (1 << BITS_PER_LEVEL) - 1;

    private static final int PAGE_SHIFT = 12;
    private static final int HIGHEST_OUTPUT_BIT = 47;
    private static final int TYPE_BLOCK = 1;

    private TableDescriptor() {}

    /** Log2 of the bytes that one descriptor at {@code level} serves. */
    static int shift(int level) {
        return PAGE_SHIFT + BITS_PER_LEVEL * (LAST_LEVEL - level);
    }

    static boolean isInvalid(long descriptor) {
        return (descriptor & 1) == 0;
    }

    /** A block where there are no blocks. */
    static boolean isReserved(long descriptor, int level) {
        return (descriptor & 3) == TYPE_BLOCK && (level == 0 || level == LAST_LEVEL);
    }

    /** A valid descriptor that points to a next table. */
    static boolean isTable(long descriptor, int level) {
        return level < LAST_LEVEL && (descriptor & 3) != TYPE_BLOCK;
    }

    /** Physical (or intermediate) address of the next table. */
    static long nextTable(long descriptor) {
        return descriptor & Bits.mask(HIGHEST_OUTPUT_BIT, PAGE_SHIFT);
    }

    /** Output address of a leaf at {@code level}. */
    static long output(long descriptor, int level) {
        return descriptor & Bits.mask(HIGHEST_OUTPUT_BIT, shift(level));
    }

    static boolean accessed(long descriptor) {
        return Bits.isSet(descriptor, 10);
    }

    static boolean notGlobal(long descriptor) {
        return Bits.isSet(descriptor, 11);
    }

    static int shareability(long descriptor) {
        return Bits.field(descriptor, 8, 2);
    }

    static int attributeIndex(long descriptor) {
        return Bits.field(descriptor, 2, 3);
    }

    static int stage2MemoryAttribute(long descriptor) {
        return Bits.field(descriptor, 2, 4);
    }

    /** Stage-1 AP[1]: unprivileged accesses are allowed. */
    static boolean unprivileged(long descriptor) {
        return Bits.isSet(descriptor, 6);
    }

    /** Stage-1 AP[2]. */
    static boolean readOnly(long descriptor) {
        return Bits.isSet(descriptor, 7);
    }

    static boolean unprivilegedExecuteNever(long descriptor) {
        return Bits.isSet(descriptor, 54);
    }

    static boolean tableForbidsUnprivileged(long tables) {
        return Bits.isSet(tables, 61);
    }

    static boolean tableForbidsWrites(long tables) {
        return Bits.isSet(tables, 62);
    }

    static boolean tableForbidsExecution(long tables) {
        return Bits.isSet(tables, 60);
    }

    static boolean stage2Readable(long descriptor) {
        return Bits.isSet(descriptor, 6);
    }

    static boolean stage2Writable(long descriptor) {
        return Bits.isSet(descriptor, 7);
    }

    /** XN[54:53] other than 0b00 and 0b01 forbids unprivileged execution. */
    static boolean stage2ExecuteNever(long descriptor) {
        return Bits.isSet(descriptor, 54);
    }
}
