package dev.hitless.iommu.driver.support.queue;

import dev.hitless.iommu.api.platform.PhysicalMemory;

/** The memory of a command ring. Positions count up; the slot is the position modulo the ring's length. */
final class RingSlots {
    private final RingGeometry geometry;
    private final PhysicalMemory memory;
    private final long base;

    /** Allocates them, zeroed. Throws ENOMEM. */
    RingSlots(RingGeometry geometry, PhysicalMemory memory) {
        this.geometry = geometry;
        this.memory = memory;
        this.base = memory.allocate(geometry.bytes(), true);
        clean(base, geometry.bytes());
        publish();
    }

    long base() {
        return base;
    }

    /** Writes one entry, which hardware may see at once and sees for certain after {@link #publish}. */
    void write(long position, long[] command) {
        if (command.length != geometry.entryWords()) {
            throw new IllegalArgumentException("a command of " + command.length + " words for " + geometry.name()
                    + ", whose entries have " + geometry.entryWords());
        }
        long slot = base + 8L * geometry.entryWords() * (position & (geometry.entries() - 1));
        for (int i = 0; i < command.length; i++) {
            memory.store64(slot + 8L * i, command[i]);
        }
        clean(slot, 8L * command.length);
    }

    /** Everything that was written is there before the doorbell that comes next. */
    void publish() {
        memory.writeBarrier();
    }

    void free() {
        memory.free(base, geometry.bytes());
    }

    private void clean(long address, long bytes) {
        if (!geometry.coherent()) {
            memory.cleanCache(address, bytes);
        }
    }
}
