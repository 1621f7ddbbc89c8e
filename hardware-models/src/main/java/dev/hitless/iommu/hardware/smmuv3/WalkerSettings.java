package dev.hitless.iommu.hardware.smmuv3;

/**
 * The registers that decide about translations, at one moment.
 *
 * @param features the hardware
 * @param enabled CR0.SMMUEN
 * @param globalAbort GBPA.ABORT
 * @param e2h CR2.E2H
 * @param tableAttributes CR1.TABLE_IC, TABLE_OC and TABLE_SH, as bits 11:6 of CR1
 * @param streamTableBase STRTAB_BASE.ADDR
 * @param streamTableBits STRTAB_BASE_CFG.LOG2SIZE
 * @param streamTableSplit STRTAB_BASE_CFG.SPLIT, or 0 for a linear table
 */
record WalkerSettings(
        Smmuv3Features features,
        boolean enabled,
        boolean globalAbort,
        boolean e2h,
        int tableAttributes,
        long streamTableBase,
        int streamTableBits,
        int streamTableSplit) {

    /** Log2 of the bytes that the table, or its first level, takes; it is aligned to them, at least to 64. */
    int streamTableAlignmentBits() {
        int sizeBits =
                streamTableSplit == 0 ? streamTableBits + 6 : Math.max(streamTableBits - streamTableSplit, 0) + 3;
        return Math.max(sizeBits, 6);
    }

    int tableInnerCacheability() {
        return Bits.field(tableAttributes, 6, 2);
    }

    int tableOuterCacheability() {
        return Bits.field(tableAttributes, 8, 2);
    }

    int tableShareability() {
        return Bits.field(tableAttributes, 10, 2);
    }
}
