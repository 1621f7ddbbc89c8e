package dev.hitless.iommu.hardware.amdvi;

import dev.hitless.iommu.hardware.HardwarePort;

/** A log that hardware writes: the event log and the PPR log. Full means: overflow, and nothing more until restarted. */
final class LogRing {
    private final HardwarePort port;
    private final StatusRegister status;
    private final int overflowBit;
    private final int interruptBit;
    private final RingRegisters registers = new RingRegisters();
    private boolean running;

    LogRing(HardwarePort port, StatusRegister status, int overflowBit, int interruptBit) {
        this.port = port;
        this.status = status;
        this.overflowBit = overflowBit;
        this.interruptBit = interruptBit;
    }

    RingRegisters registers() {
        return registers;
    }

    boolean isRunning() {
        return running;
    }

    /** The control bit was turned on. */
    void start() {
        if (registers.hasLegalLength()) {
            running = true;
        } else {
            port.malformed("log enabled with base 0x" + Long.toHexString(registers.base())
                    + ", whose length field is below 8 (256 records)");
        }
    }

    /** The control bit was turned off. */
    void stop() {
        running = false;
    }

    /** Writes a record; says whether it did. */
    boolean append(long low, long high) {
        if (!running) {
            return false;
        }
        if (registers.isFull()) {
            status.set(overflowBit);
            running = false;
            return false;
        }
        long address = registers.tailAddress();
        if (!port.isMemory(address)) {
            port.malformed("log record at 0x" + Long.toHexString(address) + ", where there is no memory");
            return false;
        }
        port.write64(address + 8, high);
        port.write64(address, low);
        registers.advanceTail();
        status.set(interruptBit);
        return true;
    }
}
