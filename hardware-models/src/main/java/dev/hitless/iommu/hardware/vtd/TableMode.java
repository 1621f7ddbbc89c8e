package dev.hitless.iommu.hardware.vtd;

/** RTADDR_REG.TTM, bits 11:10: what the root table is (VT-d spec 11.4.5). */
final class TableMode {
    /** Legacy mode, which this model does not have. */
    static final int LEGACY = 0;
    /** Scalable mode. */
    static final int SCALABLE = 1;
    /** Reserved. */
    static final int RESERVED = 2;
    /** Every request is aborted. */
    static final int ABORT = 3;

    private TableMode() {}
}
