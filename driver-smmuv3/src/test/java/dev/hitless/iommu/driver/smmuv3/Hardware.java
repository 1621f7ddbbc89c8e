package dev.hitless.iommu.driver.smmuv3;

/** ID registers for tests, put together from their fields (IHI 0070 6.3.1 to 6.3.6). */
final class Hardware {
    static final int STAGES = 3;
    static final int AARCH64 = 2 << 2;
    static final int COHERENT = 1 << 4;
    static final int ATS = 1 << 10;
    static final int ASID_16 = 1 << 12;
    static final int VMID_16 = 1 << 18;
    static final int TWO_LEVEL_CD = 1 << 19;
    static final int LITTLE_ENDIAN = 2 << 21;
    static final int TWO_LEVEL_STREAMS = 1 << 27;
    static final int FULL =
            STAGES | AARCH64 | COHERENT | ATS | ASID_16 | VMID_16 | TWO_LEVEL_CD | LITTLE_ENDIAN | TWO_LEVEL_STREAMS;

    /** StreamIDs of 16 bits, SubstreamIDs of 20, queues of 2^8, attributes can be overridden. */
    static final int IDR1 = 16 | 20 << 6 | 8 << 11 | 8 << 16 | 8 << 21 | 1 << 27;

    private static final int RANGES = 1 << 10;
    private static final int OUTPUT_48 = 5;
    private static final int GRANULE_4K = 1 << 4;

    private Hardware() {}

    /** Hardware with everything; stalling is a choice. */
    static HardwareCapabilities full() {
        return of(FULL, IDR1);
    }

    static HardwareCapabilities of(int idr0, int idr1) {
        return new HardwareCapabilities(idr0, idr1, RANGES, OUTPUT_48 | GRANULE_4K);
    }
}
