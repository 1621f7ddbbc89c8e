package dev.hitless.iommu.hardware.smmuv3;

/** IDR0.STALL_MODEL: what may become of a faulting transaction. */
enum StallModel {
    /** Stall and terminate; CD.S and STE.S2S choose. */
    BOTH,
    /** Terminate only: CD.S=1 and STE.S1STALLD=1 are ILLEGAL. */
    TERMINATE,
    /** Stall only: CD.S=0 is ILLEGAL. */
    FORCED;

    /** Value of the register field. */
    int encoding() {
        return ordinal();
    }
}
