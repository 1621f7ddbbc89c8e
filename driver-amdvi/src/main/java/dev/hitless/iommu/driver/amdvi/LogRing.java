package dev.hitless.iommu.driver.amdvi;

import dev.hitless.iommu.api.platform.PhysicalMemory;
import dev.hitless.iommu.api.platform.Platform;
import dev.hitless.iommu.api.platform.RegisterBank;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * A ring of 16-byte records that hardware fills at the tail and the driver reads at the head: event log and page-request
 * log. Guarded by the lock of its owner.
 */
final class LogRing {
    /** A record. */
    record Entry(long word0, long word1) {
        /** Bits 63:60 of word 0: what it is. */
        int code() {
            return (int) (word0 >>> 60);
        }
    }

    /**
     * The registers of one ring.
     *
     * @param base offset of the base register
     * @param head offset of the head register
     * @param tail offset of the tail register
     * @param enable bit of the control register
     * @param running bit of the status register
     * @param overflow bit of the status register
     * @param interrupt bit of the status register
     */
    record Ports(long base, long head, long tail, long enable, long running, long overflow, long interrupt) {}

    private static final int LOG2_ENTRIES = 9;
    private static final int ENTRY_BYTES = 16;
    private static final long BYTES = (long) ENTRY_BYTES << LOG2_ENTRIES;
    private static final long OFFSET_MASK = BYTES - ENTRY_BYTES;
    private static final long TIMEOUT_MICROS = 1_000_000;

    private final Platform platform;
    private final RegisterBank registers;
    private final ControlRegister control;
    private final PhysicalMemory memory;
    private final Ports ports;
    private final long base;

    /** A ring that hardware does not know yet. Throws ENOMEM. */
    LogRing(Platform platform, ControlRegister control, Ports ports) {
        this.platform = platform;
        this.registers = platform.registers();
        this.control = control;
        this.memory = platform.memory();
        this.ports = ports;
        this.base = memory.allocate(BYTES, true);
        memory.writeBarrier();
    }

    /** Makes hardware use it. */
    void enable() {
        registers.write64(ports.base(), base | (long) LOG2_ENTRIES << Registers.RING_LENGTH_SHIFT);
        registers.write64(ports.head(), 0);
        registers.write64(ports.tail(), 0);
        control.set(ports.enable());
    }

    /** Makes hardware stop. Throws ETIMEDOUT. */
    void disable() {
        control.stop(ports.enable(), ports.running(), "log run bit");
    }

    /** Gives the memory back. Hardware must have stopped. */
    void free() {
        memory.free(base, BYTES);
    }

    /**
     * Takes what has arrived, oldest first. Records are cleared as they are read, since hardware may move the tail before
     * the record is there.
     */
    List<Entry> takeAll() {
        // Cleared first, so that what arrives from now on sets it again.
        control.acknowledge(ports.interrupt());
        List<Entry> entries = new ArrayList<>();
        long head = registers.read64(ports.head()) & OFFSET_MASK;
        long tail = registers.read64(ports.tail()) & OFFSET_MASK;
        while (head != tail) {
            long record = base + head;
            BooleanSupplier arrived = () -> memory.load64(record) != 0;
            // Looked at once more after the time is up: who drains page requests relies on having seen what is there.
            if (!platform.waiter().await("log record", arrived, TIMEOUT_MICROS) && !arrived.getAsBoolean()) {
                break;
            }
            entries.add(new Entry(memory.load64(record), memory.load64(record + Long.BYTES)));
            memory.store64(record, 0);
            memory.store64(record + Long.BYTES, 0);
            head = head + ENTRY_BYTES & OFFSET_MASK;
        }
        if (!entries.isEmpty()) {
            registers.write64(ports.head(), head);
        }
        return entries;
    }

    /** Restarts logging after an overflow, which stops it. Returns whether there was one. Throws ETIMEDOUT. */
    boolean recoverFromOverflow() {
        if ((control.status() & ports.overflow()) == 0) {
            return false;
        }
        disable();
        control.acknowledge(ports.overflow());
        enable();
        return true;
    }
}
