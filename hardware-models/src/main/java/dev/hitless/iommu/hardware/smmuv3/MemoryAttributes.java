package dev.hitless.iommu.hardware.smmuv3;

/**
 * The attributes of a {@link dev.hitless.iommu.hardware.Translation}: everything about the memory type that the entries
 * decided, uncombined, so that any difference shows.
 *
 * <pre>
 *  63  44 43     40 39 37 36 35 34  33 32  31   24 23 22 21 20 19     16 15 11 10  9   8 7    0
 * +------+---------+-----+--+-----+-------+-------+--+---+-----+---------+-----+--+-----+------+
 * |  0   | MemAttr |  0  |MT|  0  | SHCFG |   0   |S2|FWB| SH  | MemAttr |  0  |S1| SH  | MAIR |
 * +------+---------+-----+--+-----+-------+-------+--+---+-----+---------+-----+--+-----+------+
 *         from dw1 of the STE                      stage-2 leaf                stage-1 leaf
 * </pre>
 */
final class MemoryAttributes {
    private static final long STAGE1 = 1L << 10;
    private static final long STAGE2 = 1L << 23;
    private static final long FORCE_WRITE_BACK = 1L << 22;
    private static final long MEMORY_TYPE_REPLACED = 1L << 36;

    private MemoryAttributes() {}

    /** Of a stage-1 leaf; {@code mair} is dw3 of the CD. */
    static long stage1(long descriptor, long mair) {
        long attribute = mair >>> (TableDescriptor.attributeIndex(descriptor) * 8) & 0xFF;
        return STAGE1 | attribute | (long) TableDescriptor.shareability(descriptor) << 8;
    }

    /** Of a stage-2 leaf. */
    static long stage2(long descriptor, boolean forceWriteBack) {
        return STAGE2
                | (forceWriteBack ? FORCE_WRITE_BACK : 0)
                | (long) TableDescriptor.stage2MemoryAttribute(descriptor) << 16
                | (long) TableDescriptor.shareability(descriptor) << 20;
    }

    /** Of an incoming transaction that stage 1 does not translate, as dw1 of the STE overrides them; 0 if it cannot. */
    static long incoming(long ste1, Smmuv3Features features) {
        if (!features.attributeOverride()) {
            return 0;
        }
        long shareability = (long) Bits.field(ste1, 44, 2) << 32;
        if (!Bits.isSet(ste1, 36)) {
            return shareability;
        }
        return shareability | MEMORY_TYPE_REPLACED | (long) Bits.field(ste1, 32, 4) << 40;
    }
}
