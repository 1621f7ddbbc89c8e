package dev.hitless.iommu.hardware.smmuv3;

import dev.hitless.iommu.hardware.HardwarePort;

/**
 * CR0 to CR2, GBPA and the stream-table registers (IHI 0070 6.3.9 to 6.3.25).
 *
 * <pre>
 * CR0              8:6 VMW | 4 ATSCHK | 3 CMDQEN | 2 EVENTQEN | 1 PRIQEN | 0 SMMUEN
 * CR1              11:10 TABLE_SH | 9:8 TABLE_OC | 7:6 TABLE_IC | 5:4 QUEUE_SH | 3:2 QUEUE_OC | 1:0 QUEUE_IC
 * CR2              2 PTM | 1 RECINVSID | 0 E2H
 * GBPA             31 UPDATE | 20 ABORT
 * STRTAB_BASE      62 RA | 51:6 ADDR
 * STRTAB_BASE_CFG  17:16 FMT (1: two levels) | 10:6 SPLIT | 5:0 LOG2SIZE
 * </pre>
 *
 * CR0ACK and GBPA.UPDATE follow at once.
 */
final class ControlRegisters {
    static final int SMMUEN = 1;
    static final int PRIQEN = 1 << 1;
    static final int EVENTQEN = 1 << 2;
    static final int CMDQEN = 1 << 3;
    static final int ATSCHK = 1 << 4;

    private static final int VIRTUAL_MACHINE_WILDCARD = 7 << 6;
    private static final int CR2_MASK = 7;
    private static final int CR1_MASK = 0xFFF;
    private static final int GBPA_UPDATE = 1 << 31;
    private static final int GBPA_ABORT = 1 << 20;
    private static final long STRTAB_ADDRESS_MASK = Bits.mask(51, 6);
    private static final long STRTAB_READ_ALLOCATE = 1L << 62;
    private static final int FORMAT_TWO_LEVEL = 1;

    private final Smmuv3Features features;
    private final HardwarePort port;
    private int cr0;
    private int cr1;
    private int cr2;
    private int gbpa;
    private long streamTableBase;
    private int streamTableConfig;

    ControlRegisters(Smmuv3Features features, HardwarePort port) {
        this.features = features;
        this.port = port;
    }

    /** What the walker goes by. */
    WalkerSettings settings() {
        boolean twoLevels = features.twoLevelStreamTable() && Bits.field(streamTableConfig, 16, 2) == FORMAT_TWO_LEVEL;
        return new WalkerSettings(
                features,
                isSet(SMMUEN),
                (gbpa & GBPA_ABORT) != 0,
                (cr2 & 1) != 0 && features.hypervisor(),
                cr1,
                streamTableBase & STRTAB_ADDRESS_MASK,
                Math.min(Bits.field(streamTableConfig, 0, 6), features.streamIdBits()),
                twoLevels ? Bits.field(streamTableConfig, 6, 5) : 0);
    }

    boolean isSet(int cr0Bit) {
        return (cr0 & cr0Bit) != 0;
    }

    int cr0() {
        return cr0;
    }

    void writeCr0(int value) {
        int known = SMMUEN
                | EVENTQEN
                | CMDQEN
                | VIRTUAL_MACHINE_WILDCARD
                | (features.pri() ? PRIQEN : 0)
                | (features.ats() ? ATSCHK : 0);
        if ((value & ~known) != 0) {
            port.malformed("CR0 0x" + Integer.toHexString(value) + " has bits that this SMMU lacks: 0x"
                    + Integer.toHexString(value & ~known));
        }
        boolean enabling = !isSet(SMMUEN) && (value & SMMUEN) != 0;
        cr0 = value & known;
        if (enabling) {
            checkStreamTable();
        }
    }

    private void checkStreamTable() {
        WalkerSettings settings = settings();
        long misaligned = settings.streamTableBase() & ((1L << settings.streamTableAlignmentBits()) - 1);
        if (misaligned != 0) {
            port.malformed("STRTAB_BASE 0x" + Long.toHexString(settings.streamTableBase())
                    + " is not aligned to the size of its table; the lower bits are taken as 0");
        }
    }

    int cr1() {
        return cr1;
    }

    void writeCr1(int value) {
        if (writable("CR1")) {
            cr1 = value & CR1_MASK;
        }
    }

    int cr2() {
        return cr2;
    }

    void writeCr2(int value) {
        if (writable("CR2")) {
            cr2 = value & CR2_MASK;
        }
    }

    int gbpa() {
        return gbpa;
    }

    void writeGbpa(int value) {
        if ((value & GBPA_UPDATE) == 0) {
            port.malformed("GBPA is written without UPDATE; the write is ignored");
            return;
        }
        gbpa = value & ~GBPA_UPDATE;
    }

    long streamTableBase() {
        return streamTableBase;
    }

    void writeStreamTableBase(long value) {
        if (!writable("STRTAB_BASE")) {
            return;
        }
        if ((value & ~(STRTAB_ADDRESS_MASK | STRTAB_READ_ALLOCATE)) != 0
                || !features.isOutputAddress(value & STRTAB_ADDRESS_MASK)) {
            port.malformed("STRTAB_BASE 0x" + Long.toHexString(value)
                    + " has reserved bits set or lies beyond the output address size");
        }
        streamTableBase = value & (STRTAB_ADDRESS_MASK | STRTAB_READ_ALLOCATE);
    }

    int streamTableConfig() {
        return streamTableConfig;
    }

    void writeStreamTableConfig(int value) {
        if (!writable("STRTAB_BASE_CFG")) {
            return;
        }
        int format = Bits.field(value, 16, 2);
        int split = Bits.field(value, 6, 5);
        boolean formatLegal = format == 0
                || (format == FORMAT_TWO_LEVEL
                        && features.twoLevelStreamTable()
                        && (split == 6 || split == 8 || split == 10));
        if (!formatLegal || Bits.field(value, 0, 6) > features.streamIdBits()) {
            port.malformed("STRTAB_BASE_CFG 0x" + Integer.toHexString(value)
                    + " asks for a format, a split (6, 8 or 10) or a size that this SMMU lacks");
        }
        streamTableConfig = value;
    }

    private boolean writable(String register) {
        if (isSet(SMMUEN)) {
            port.malformed(register + " is written while CR0.SMMUEN is 1; the write is ignored");
        }
        return !isSet(SMMUEN);
    }
}
