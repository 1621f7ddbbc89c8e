package dev.hitless.iommu.driver.vtd;

import dev.hitless.iommu.api.platform.RegisterBank;

/**
 * What the hardware says about itself (VT-d spec 11.4.2, 11.4.3).
 *
 * <pre>
 * CAP   2:0 ND  4 RWBF  7 CM  12:8 SAGAW  21:16 MGAW  33:24 FRO  37:34 SLLPS
 *       39 PSI  47:40 NFR  53:48 MAMV  56 FL1GP  60 FL5LP  63 ESRTPS
 * ECAP  0 C  1 QI  2 DT  6 PT  26 NEST  29 PRS  31 SRS  34 EAFS  39:35 PSS  40 PASID
 *       41 DIT  42 PDS  43 SMTS  46 SSTS  47 FSTS  48 SMPWC
 * </pre>
 *
 * @param cap capability register
 * @param ecap extended capability register
 */
record HardwareCapabilities(long cap, long ecap) {
    /** Bit of CAP.SAGAW for 39-bit, 3-level tables; the next ones are 48 and 57 bits. */
    private static final int FIRST_WIDTH_BIT = 1;

    /** Reads both registers. */
    static HardwareCapabilities read(RegisterBank registers) {
        return new HardwareCapabilities(registers.read64(Registers.CAP), registers.read64(Registers.ECAP));
    }

    /** CAP.ND: domain ids are below {@code 1 << domainIdBits()}. */
    int domainIdBits() {
        return (int) Math.min(16, 4 + 2 * field(cap, 2, 0));
    }

    /** CAP.RWBF: stores may linger in a chipset buffer until it is flushed. */
    boolean needsWriteBufferFlush() {
        return bit(cap, 4);
    }

    /** CAP.CM: not-present entries may be cached. */
    boolean cachingMode() {
        return bit(cap, 7);
    }

    /** CAP.SAGAW: whether second-stage tables of {@code levels} (3..5) levels can be walked. */
    boolean secondStageLevels(int levels) {
        return bit(cap, 8 + FIRST_WIDTH_BIT + levels - 3);
    }

    /** Levels of the largest second-stage table that can be walked; 0 if none. */
    int largestSecondStageLevels() {
        for (int levels = 5; levels >= 3; levels--) {
            if (secondStageLevels(levels)) {
                return levels;
            }
        }
        return 0;
    }

    /** CAP.MGAW: width of I/O addresses in bits. */
    int maximumAddressBits() {
        return (int) field(cap, 21, 16) + 1;
    }

    /** CAP.FRO: offset of the first fault-recording register, in bytes. */
    long faultRecordOffset() {
        return field(cap, 33, 24) * 16;
    }

    /** CAP.NFR: number of fault-recording registers. */
    int faultRecords() {
        return (int) field(cap, 47, 40) + 1;
    }

    /** CAP.SLLPS: whether second-stage tables take pages of 2 MiB. */
    boolean secondStage2MiB() {
        return bit(cap, 34);
    }

    /** CAP.SLLPS: whether second-stage tables take pages of 1 GiB. */
    boolean secondStage1GiB() {
        return bit(cap, 35);
    }

    /** CAP.FL1GP: whether first-stage tables take pages of 1 GiB. */
    boolean firstStage1GiB() {
        return bit(cap, 56);
    }

    /** CAP.PSI: second-stage invalidations can be page-selective. */
    boolean pageSelectiveInvalidation() {
        return bit(cap, 39);
    }

    /** CAP.MAMV: the largest address mask of a page-selective invalidation: 2^n pages. */
    int maximumAddressMask() {
        return (int) field(cap, 53, 48);
    }

    /** CAP.FL5LP: first-stage tables may have five levels. */
    boolean firstStage5Levels() {
        return bit(cap, 60);
    }

    /** CAP.ESRTPS: setting the root-table pointer drops all caches. */
    boolean rootPointerInvalidates() {
        return bit(cap, 63);
    }

    /** ECAP.C: fetches of root, context, PASID-directory and PASID-table entries snoop. */
    boolean coherentTables() {
        return bit(ecap, 0);
    }

    /** ECAP.QI: invalidations can be queued. */
    boolean queuedInvalidation() {
        return bit(ecap, 1);
    }

    /** ECAP.DT: devices may cache translations (ATS). */
    boolean deviceTlb() {
        return bit(ecap, 2);
    }

    /** ECAP.PT: PASID entries may say pass-through. */
    boolean passThrough() {
        return bit(ecap, 6);
    }

    /** ECAP.NEST: first stage on second stage. */
    boolean nesting() {
        return bit(ecap, 26);
    }

    /** ECAP.PRS and ECAP.PDS: page requests, and draining them. Neither is of use without the other. */
    boolean pageRequests() {
        return bit(ecap, 29) && bit(ecap, 42);
    }

    /** ECAP.SRS: supervisor requests. */
    boolean supervisorRequests() {
        return bit(ecap, 31);
    }

    /** ECAP.EAFS: extended accessed flag. */
    boolean extendedAccessedFlag() {
        return bit(ecap, 34);
    }

    /** ECAP.PASID and ECAP.PSS: width of PASIDs in bits; 0 without PASID support. */
    int pasidBits() {
        return bit(ecap, 40) ? (int) Math.min(20, field(ecap, 39, 35) + 1) : 0;
    }

    /** ECAP.DIT: device-TLB invalidations name the physical function behind them. */
    boolean deviceTlbThrottling() {
        return bit(ecap, 41);
    }

    /** ECAP.SMTS: scalable mode. */
    boolean scalableMode() {
        return bit(ecap, 43);
    }

    /** ECAP.SSTS: second-stage tables in PASID entries. */
    boolean secondStage() {
        return bit(ecap, 46);
    }

    /** ECAP.FSTS: first-stage tables in PASID entries. */
    boolean firstStage() {
        return bit(ecap, 47);
    }

    /** ECAP.SMPWC: page walks snoop. */
    boolean coherentPageWalk() {
        return bit(ecap, 48);
    }

    private static boolean bit(long register, int index) {
        return (register >>> index & 1) != 0;
    }

    private static long field(long register, int high, int low) {
        return register >>> low & (1L << (high - low + 1)) - 1;
    }
}
