package dev.hitless.iommu.hardware.vtd;

import dev.hitless.iommu.hardware.HardwareConfiguration;

/**
 * What this implementation can do, and the capability registers that say so (VT-d spec 11.4.2 CAP_REG, 11.4.3 ECAP_REG).
 *
 * @param coherent ECAP.C
 * @param pageWalkCoherent ECAP.SMPWC
 * @param cachingMode CAP.CM
 * @param writeBufferFlush CAP.RWBF
 * @param deviceTlb ECAP.DT
 * @param levels most second-stage levels, 3..5; first-stage tables have 4, and 5 where this is 5
 * @param largestPageBytes 1 GiB, 2 MiB or 4 KiB, of the second stage
 * @param flushOnRootChange CAP.ESRTPS
 * @param pasidBits width of PASIDs; 0 when requests with PASID are not supported
 * @param firstStage ECAP.FSTS
 * @param secondStage ECAP.SSTS
 * @param nested ECAP.NEST
 * @param passThrough ECAP.PT
 * @param pageRequests ECAP.PRS and PDS
 * @param supervisorRequests ECAP.SRS and RPRIVS
 * @param executeRequests ECAP.ERS
 * @param extendedAccessed ECAP.EAFS
 * @param snoopControl ECAP.SC
 * @param secondStageDirty ECAP.SSADS
 * @param anyFetchOrder the stricter reading of how entries are fetched
 */
record VtdCapabilities(
        boolean coherent,
        boolean pageWalkCoherent,
        boolean cachingMode,
        boolean writeBufferFlush,
        boolean deviceTlb,
        int levels,
        long largestPageBytes,
        boolean flushOnRootChange,
        int pasidBits,
        boolean firstStage,
        boolean secondStage,
        boolean nested,
        boolean passThrough,
        boolean pageRequests,
        boolean supervisorRequests,
        boolean executeRequests,
        boolean extendedAccessed,
        boolean snoopControl,
        boolean secondStageDirty,
        boolean anyFetchOrder) {
    /** Physical addresses are below 2^52; there is no register for it (firmware tells). */
    static final int HOST_ADDRESS_BITS = 52;

    /** CAP.MAMV: an invalidation names at most 2^18 pages. */
    static final int MAXIMUM_ADDRESS_MASK = 18;

    /** CAP.NFR + 1. */
    static final int FAULT_RECORDS = 8;

    /** CAP.FRO * 16. */
    static final int FAULT_RECORD_OFFSET = 0x400;

    /** ECAP.IRO * 16. */
    static final int IOTLB_REGISTER_OFFSET = 0x500;

    private static final int GIANT = 30;
    private static final int LARGE = 21;

    static VtdCapabilities of(HardwareConfiguration chosen) {
        boolean deviceTlb = chosen.flag(VtdOptions.DEVICE_TLB);
        boolean firstStage = chosen.flag(VtdOptions.FIRST_STAGE);
        boolean secondStage = chosen.flag(VtdOptions.SECOND_STAGE);
        return new VtdCapabilities(
                chosen.flag(VtdOptions.COHERENT),
                chosen.flag(VtdOptions.PAGE_WALK_COHERENT),
                chosen.flag(VtdOptions.CACHING_MODE),
                chosen.flag(VtdOptions.WRITE_BUFFER_FLUSH),
                deviceTlb,
                chosen.number(VtdOptions.LEVELS),
                largestPage(chosen.value(VtdOptions.SUPERPAGES)),
                chosen.flag(VtdOptions.ESRTPS),
                chosen.flag(VtdOptions.PASID) ? chosen.number(VtdOptions.PASID_BITS) : 0,
                firstStage,
                secondStage,
                chosen.flag(VtdOptions.NESTED) && firstStage && secondStage,
                chosen.flag(VtdOptions.PASS_THROUGH),
                chosen.flag(VtdOptions.PAGE_REQUESTS) && deviceTlb,
                chosen.flag(VtdOptions.SUPERVISOR),
                chosen.flag(VtdOptions.EXECUTE),
                chosen.flag(VtdOptions.EXTENDED_ACCESSED),
                chosen.flag(VtdOptions.SNOOP_CONTROL),
                chosen.flag(VtdOptions.SECOND_STAGE_DIRTY),
                chosen.value(VtdOptions.FETCH).equals("any"));
    }

    private static long largestPage(String superpages) {
        return switch (superpages) {
            case "1g" -> 1L << GIANT;
            case "2m" -> 1L << LARGE;
            default -> 1L << 12;
        };
    }

    /** Width of addresses that are translated at all (CAP.MGAW + 1). */
    int guestAddressBits() {
        return levels == 5 ? 57 : 48;
    }

    /** Whether CAP.SAGAW lists tables of {@code count} levels. */
    boolean secondStageLevels(int count) {
        return count >= 3 && count <= levels;
    }

    /** Whether first-stage tables may have 5 levels (CAP.FL5LP). */
    boolean fiveLevelFirstStage() {
        return levels == 5;
    }

    /** Whether first-stage pages may have 1 GiB (CAP.FL1GP). */
    boolean giantFirstStagePages() {
        return largestPageBytes >= 1L << GIANT;
    }

    /** Whether the second stage allows pages of 2^{@code shift} bytes. */
    boolean secondStagePage(int shift) {
        return shift <= GIANT && 1L << shift <= largestPageBytes;
    }

    /**
     * CAP_REG.
     *
     * <pre>
     *  63     60 56 55 54 53:48 47:40 39  37:34 33:24 22  21:16 12:8   7  4    2:0
     * ESRTPS FL5 1G DRD DWD MAMV NFR  PSI SLLPS FRO   ZLR MGAW  SAGAW  CM RWBF ND
     * </pre>
     */
    long capabilityRegister() {
        long value = 6L; // ND: 2^16 domain ids
        value |= bit(writeBufferFlush, 4) | bit(cachingMode, 7);
        for (int count = 3; count <= levels; count++) {
            value |= 1L << (8 + count - 2);
        }
        value |= (guestAddressBits() - 1L) << 16;
        value |= 1L << 22;
        value |= (long) (FAULT_RECORD_OFFSET / 16) << 24;
        value |= bit(secondStagePage(LARGE), 34) | bit(secondStagePage(GIANT), 35);
        value |= 1L << 39;
        value |= (FAULT_RECORDS - 1L) << 40;
        value |= (long) MAXIMUM_ADDRESS_MASK << 48;
        value |= 1L << 54 | 1L << 55;
        value |= bit(giantFirstStagePages(), 56) | bit(fiveLevelFirstStage(), 60) | bit(flushOnRootChange, 63);
        return value;
    }

    /**
     * ECAP_REG.
     *
     * <pre>
     *  53     52   49  48    47   46   45    43   42  40    39:35 34   33   31  30  29  26   17:8 7  6  2  1  0
     * RPRIVS ADMS RPS SMPWC FSTS SSTS SSADS SMTS PDS PASID PSS   EAFS NWFS SRS ERS PRS NEST IRO  SC PT DT QI C
     * </pre>
     */
    long extendedCapabilityRegister() {
        long value = bit(coherent, 0) | 1L << 1 | bit(deviceTlb, 2) | bit(passThrough, 6) | bit(snoopControl, 7);
        value |= (long) (IOTLB_REGISTER_OFFSET / 16) << 8;
        value |= bit(nested, 26) | bit(pageRequests, 29) | bit(executeRequests, 30) | bit(supervisorRequests, 31);
        value |= bit(deviceTlb, 33) | bit(extendedAccessed, 34);
        if (pasidBits > 0) {
            value |= (pasidBits - 1L) << 35 | 1L << 40;
        }
        value |= bit(pageRequests, 42) | 1L << 43 | bit(secondStageDirty && secondStage, 45);
        value |= bit(secondStage, 46) | bit(firstStage, 47) | bit(pageWalkCoherent, 48) | 1L << 49;
        value |= 1L << 52 | bit(supervisorRequests, 53);
        return value;
    }

    private static long bit(boolean set, int position) {
        return set ? 1L << position : 0;
    }
}
