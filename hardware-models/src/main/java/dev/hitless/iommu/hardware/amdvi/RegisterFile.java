package dev.hitless.iommu.hardware.amdvi;

import dev.hitless.iommu.hardware.HardwarePort;
import java.util.Locale;

/** Decodes register accesses. All registers are 64 bits wide and may be accessed in halves. */
final class RegisterFile {
    static final long DEVICE_TABLE_BASE = 0x0000;
    static final long COMMAND_BUFFER_BASE = 0x0008;
    static final long EVENT_LOG_BASE = 0x0010;
    static final long CONTROL = 0x0018;
    static final long EXCLUSION_BASE = 0x0020;
    static final long EXCLUSION_LIMIT = 0x0028;
    static final long EXTENDED_FEATURES = 0x0030;
    static final long PPR_LOG_BASE = 0x0038;
    static final long HARDWARE_EVENT_LOW = 0x0040;
    static final long HARDWARE_EVENT_HIGH = 0x0048;
    static final long HARDWARE_EVENT_STATUS = 0x0050;
    static final long FIRST_SEGMENT_BASE = 0x0100;
    static final long LAST_SEGMENT_BASE = 0x0130;
    static final long EXTENDED_FEATURES_2 = 0x01A0;
    static final long COMMAND_BUFFER_HEAD = 0x2000;
    static final long COMMAND_BUFFER_TAIL = 0x2008;
    static final long EVENT_LOG_HEAD = 0x2010;
    static final long EVENT_LOG_TAIL = 0x2018;
    static final long STATUS = 0x2020;
    static final long PPR_LOG_HEAD = 0x2030;
    static final long PPR_LOG_TAIL = 0x2038;

    private static final long WINDOW_BYTES = 0x4000;

    private final AmdviFeatures features;
    private final HardwarePort port;
    private final PciCapability capability;
    private final StatusRegister status;
    private final CommandBuffer commands;
    private final LogRing eventLog;
    private final LogRing pprLog;
    private final CompletionLedger ledger;
    private final long[] deviceTables = new long[8];
    private ControlRegister control = new ControlRegister(0);
    private ExclusionRange exclusion = new ExclusionRange(0, 0);
    private DeviceTable deviceTable;
    private AmdviWalker walker;

    RegisterFile(
            AmdviFeatures features,
            HardwarePort port,
            StatusRegister status,
            CommandBuffer commands,
            LogRing eventLog,
            LogRing pprLog,
            CompletionLedger ledger) {
        this.features = features;
        this.port = port;
        this.capability = new PciCapability(features);
        this.status = status;
        this.commands = commands;
        this.eventLog = eventLog;
        this.pprLog = pprLog;
        this.ledger = ledger;
        this.deviceTable = new DeviceTable(deviceTables, 0);
        this.walker = new AmdviWalker(features, control, deviceTable, exclusion);
    }

    AmdviWalker walker() {
        return walker;
    }

    DeviceTable deviceTable() {
        return deviceTable;
    }

    ControlRegister control() {
        return control;
    }

    long read(long offset, int bits) {
        if (!isAligned(offset, bits)) {
            return 0;
        }
        boolean upperHalf = (offset & 4) != 0;
        long value = peek(offset & ~7L);
        if ((offset & ~7L) == STATUS && !upperHalf && BitField.isSet(value, StatusRegister.COMPLETION_WAIT_INTERRUPT)) {
            ledger.interruptSeen();
        }
        if ((offset & ~7L) == STATUS || (offset & ~7L) == COMMAND_BUFFER_HEAD) {
            commands.looked();
        }
        if (bits == 64) {
            return value;
        }
        return upperHalf ? value >>> 32 : value & 0xFFFF_FFFFL;
    }

    void write(long offset, int bits, long value) {
        if (!isAligned(offset, bits)) {
            return;
        }
        long register = offset & ~7L;
        if (bits == 64) {
            poke(register, value);
            return;
        }
        long other = register == STATUS ? 0 : peek(register);
        boolean upperHalf = (offset & 4) != 0;
        poke(register, upperHalf ? joined(value, other) : joined(other >>> 32, value));
    }

    private static long joined(long high, long low) {
        return high << 32 | (low & 0xFFFF_FFFFL);
    }

    private boolean isAligned(long offset, int bits) {
        if (offset % (bits / 8) != 0) {
            port.malformed(String.format(
                    Locale.ROOT, "register access of %d bits at 0x%x is not aligned to its size", bits, offset));
            return false;
        }
        return true;
    }

    private long peek(long register) {
        if (PciCapability.contains(register)) {
            return capability.read64(register);
        }
        if (register >= FIRST_SEGMENT_BASE && register <= LAST_SEGMENT_BASE) {
            return deviceTables[segment(register)];
        }
        return switch (index(register)) {
            case (int) DEVICE_TABLE_BASE -> deviceTables[0];
            case (int) COMMAND_BUFFER_BASE -> commands.registers().base();
            case (int) EVENT_LOG_BASE -> eventLog.registers().base();
            case (int) CONTROL -> control.value();
            case (int) EXCLUSION_BASE -> exclusion.base();
            case (int) EXCLUSION_LIMIT -> exclusion.limit();
            case (int) EXTENDED_FEATURES -> features.extendedFeatures();
            case (int) PPR_LOG_BASE -> pprLog.registers().base();
            case (int) EXTENDED_FEATURES_2 -> features.extendedFeatures2();
            case (int) COMMAND_BUFFER_HEAD -> commands.registers().head();
            case (int) COMMAND_BUFFER_TAIL -> commands.registers().tail();
            case (int) EVENT_LOG_HEAD -> eventLog.registers().head();
            case (int) EVENT_LOG_TAIL -> eventLog.registers().tail();
            case (int) STATUS -> statusValue();
            case (int) PPR_LOG_HEAD -> pprLog.registers().head();
            case (int) PPR_LOG_TAIL -> pprLog.registers().tail();
            default -> 0;
        };
    }

    private long statusValue() {
        return status.value()
                | (eventLog.isRunning() ? 1L << StatusRegister.EVENT_LOG_RUN : 0)
                | (commands.isRunning() ? 1L << StatusRegister.COMMAND_BUFFER_RUN : 0)
                | (pprLog.isRunning() ? 1L << StatusRegister.PPR_LOG_RUN : 0);
    }

    private void poke(long register, long value) {
        if (register >= FIRST_SEGMENT_BASE && register <= LAST_SEGMENT_BASE) {
            deviceTables[segment(register)] = value;
            takeEffect();
            return;
        }
        switch (index(register)) {
            case (int) DEVICE_TABLE_BASE -> deviceTables[0] = value;
            case (int) COMMAND_BUFFER_BASE -> writeBase(commands.registers(), commands.isRunning(), value);
            case (int) EVENT_LOG_BASE -> writeBase(eventLog.registers(), eventLog.isRunning(), value);
            case (int) CONTROL -> writeControl(value);
            case (int) EXCLUSION_BASE -> exclusion = new ExclusionRange(value, exclusion.limit());
            case (int) EXCLUSION_LIMIT -> exclusion = new ExclusionRange(exclusion.base(), value);
            case (int) PPR_LOG_BASE -> writeBase(pprLog.registers(), pprLog.isRunning(), value);
            case (int) HARDWARE_EVENT_LOW, (int) HARDWARE_EVENT_HIGH, (int) HARDWARE_EVENT_STATUS -> {}
            case (int) COMMAND_BUFFER_HEAD -> commands.writeHead(value);
            case (int) COMMAND_BUFFER_TAIL -> commands.writeTail(value);
            case (int) EVENT_LOG_HEAD -> eventLog.registers().setHead(value);
            case (int) EVENT_LOG_TAIL -> writeLogTail(eventLog, value);
            case (int) STATUS -> status.clear(value);
            case (int) PPR_LOG_HEAD -> pprLog.registers().setHead(value);
            case (int) PPR_LOG_TAIL -> writeLogTail(pprLog, value);
            default ->
                port.malformed(
                        "write to register 0x" + Long.toHexString(register) + ", which does not exist or is read only");
        }
        if (register <= EXCLUSION_LIMIT) { // doorbells and logs do not change how DMA is translated
            takeEffect();
        }
    }

    /** For a switch: the offset in the MMIO window, or -1. */
    private static int index(long register) {
        return register >= 0 && register < WINDOW_BYTES ? (int) register : -1;
    }

    private static int segment(long register) {
        return 1 + (int) (register - FIRST_SEGMENT_BASE) / 8;
    }

    private void writeBase(RingRegisters ring, boolean running, long value) {
        if (running) {
            port.malformed("ring base written while the ring is running");
            return;
        }
        ring.setBase(value);
    }

    private void writeLogTail(LogRing log, long value) {
        if (log.isRunning()) {
            port.malformed("log tail written while the log is running");
            return;
        }
        log.registers().setTail(value);
    }

    private void writeControl(long value) {
        long unsupported = value & ~features.controlBits();
        if (unsupported != 0 || BitField.of(value, 36, 34) > 3) {
            port.malformed("Control written with bits 0x" + Long.toHexString(unsupported)
                    + " that this hardware does not have, or with reserved DevTblSegEn");
        }
        ControlRegister old = control;
        control = new ControlRegister(value & features.controlBits());
        commands.setInvalidationTimeout(control.invalidationTimeout());
        if (control.eventLogEnabled() != old.eventLogEnabled()) {
            run(eventLog, control.eventLogEnabled());
        }
        if (control.pageRequestLogEnabled() != old.pageRequestLogEnabled()) {
            run(pprLog, control.pageRequestLogEnabled());
        }
        if (control.commandBufferEnabled() && !old.commandBufferEnabled()) {
            commands.start();
        } else if (!control.commandBufferEnabled()) {
            commands.stop();
        }
    }

    private static void run(LogRing log, boolean on) {
        if (on) {
            log.start();
        } else {
            log.stop();
        }
    }

    private void takeEffect() {
        deviceTable = new DeviceTable(deviceTables, control.segmentBits());
        walker = new AmdviWalker(features, control, deviceTable, exclusion);
    }
}
