package dev.hitless.iommu.driver.smmuv3;

import dev.hitless.iommu.api.Errno;
import dev.hitless.iommu.api.IommuException;
import dev.hitless.iommu.api.platform.RegisterBank;

/**
 * What the ID registers say (IHI 0070 6.3.1 to 6.3.6).
 *
 * @param idr0 S2P 0, S1P 1, TTF [3:2], COHACC 4, ATS 10, ASID16 12, PRI 16, VMID16 18, CD2L 19, TTENDIAN [22:21],
 *     STALL_MODEL [25:24], ST_LEVEL [28:27]
 * @param idr1 SIDSIZE [5:0], SSIDSIZE [10:6], PRIQS [15:11], EVTQS [20:16], CMDQS [25:21], ATTR_TYPES_OVR 27,
 *     QUEUES_PRESET 29, TABLES_PRESET 30
 * @param idr3 RIL 10
 * @param idr5 OAS [2:0], GRAN4K 4
 */
record HardwareCapabilities(int idr0, int idr1, int idr3, int idr5) {
    private static final int[] OUTPUT_BITS = {32, 36, 40, 42, 44, 48, 52};

    /** The widest output address that is used: 52 bits ask for descriptors of another shape. */
    private static final int WIDEST_OUTPUT = 48;

    static HardwareCapabilities read(RegisterBank registers) {
        return new HardwareCapabilities(
                registers.read32(Registers.IDR0),
                registers.read32(Registers.IDR1),
                registers.read32(Registers.IDR3),
                registers.read32(Registers.IDR5));
    }

    /** Throws EOPNOTSUPP if this driver can do nothing with such hardware. */
    void requireUsable() {
        if (!stage1() && !stage2()) {
            throw unusable("it translates at no stage (IDR0.S1P and S2P are 0)");
        }
        if ((field(idr0, 2, 2) & 2) == 0) {
            throw unusable("it walks no AArch64 tables (IDR0.TTF is " + field(idr0, 2, 2) + ")");
        }
        int endian = field(idr0, 21, 2);
        if (endian != 0 && endian != 2) {
            throw unusable("it walks no little-endian tables (IDR0.TTENDIAN is " + endian + ")");
        }
        if (!flag(idr5, 4)) {
            throw unusable("it has no 4 KiB granule (IDR5.GRAN4K is 0)");
        }
        if (flag(idr1, 29) || flag(idr1, 30)) {
            throw unusable("its queues or tables are preset (IDR1.QUEUES_PRESET, TABLES_PRESET)");
        }
    }

    private static IommuException unusable(String reason) {
        return new IommuException(Errno.EOPNOTSUPP, "this SMMU cannot be driven: " + reason);
    }

    boolean stage1() {
        return flag(idr0, 1);
    }

    boolean stage2() {
        return flag(idr0, 0);
    }

    boolean nesting() {
        return stage1() && stage2();
    }

    /** Whether fetches of tables, queues and structures snoop the CPU's caches. */
    boolean coherent() {
        return flag(idr0, 4);
    }

    /**
     * Whether devices may use ATS. Only where it can stay on whatever is attached: Config = bypass refuses translation
     * requests, so identity needs S1DSS, that is substreams; and forced stalling (S2S = 1) excludes ATS with stage 2.
     */
    boolean ats() {
        return flag(idr0, 10) && substreamIdBits() > 0 && !(stallIsForced() && stage2());
    }

    boolean pageRequests() {
        return flag(idr0, 16);
    }

    int asidBits() {
        return flag(idr0, 12) ? 16 : 8;
    }

    int vmidBits() {
        return flag(idr0, 18) ? 16 : 8;
    }

    /** Whether context-descriptor tables can have two levels. */
    boolean twoLevelContextTables() {
        return flag(idr0, 19);
    }

    /** Whether the stream table can have two levels. */
    boolean twoLevelStreamTable() {
        return field(idr0, 27, 2) == 1;
    }

    /** Faults can either be terminated or stalled; CD.S, STE.S2S choose. */
    boolean stallIsOptional() {
        return field(idr0, 24, 2) == 0;
    }

    /** Every fault stalls. */
    boolean stallIsForced() {
        return field(idr0, 24, 2) == 2;
    }

    int streamIdBits() {
        return field(idr1, 0, 6);
    }

    /** Width of SubstreamIDs, at most 20; 0: none. Without stage 1 they select nothing. */
    int substreamIdBits() {
        return stage1() ? Math.min(20, field(idr1, 6, 5)) : 0;
    }

    int pageRequestQueueBits() {
        return field(idr1, 11, 5);
    }

    int eventQueueBits() {
        return field(idr1, 16, 5);
    }

    int commandQueueBits() {
        return field(idr1, 21, 5);
    }

    /** Whether bypass can override attributes; then "use incoming" has to be asked for. */
    boolean attributeOverride() {
        return flag(idr1, 27);
    }

    /** Whether one TLBI command can name a range. */
    boolean rangeInvalidation() {
        return flag(idr3, 10);
    }

    /** Width of physical addresses that this driver uses. */
    int outputBits() {
        return Math.min(WIDEST_OUTPUT, OUTPUT_BITS[Math.min(field(idr5, 0, 3), OUTPUT_BITS.length - 1)]);
    }

    /** {@link #outputBits} as CD.IPS and STE.S2PS write it. */
    int outputCode() {
        return Math.min(5, field(idr5, 0, 3));
    }

    private static boolean flag(int register, int bit) {
        return (register >>> bit & 1) != 0;
    }

    private static int field(int register, int shift, int bits) {
        return register >>> shift & (1 << bits) - 1;
    }
}
