package dev.hitless.iommu.driver.smmuv3;

import dev.hitless.iommu.api.platform.PhysicalMemory;
import dev.hitless.iommu.api.platform.RegisterBank;
import java.util.function.Consumer;

/**
 * A queue that hardware fills and this driver empties: events, page requests (IHI 0070 3.5). PROD and CONS hold a slot, a
 * wrap flag above it, and in bit 31 whether records were lost, which CONS acknowledges by repeating it.
 */
final class RecordQueue {
    private static final int LOST = 1 << 31;

    private final PhysicalMemory memory;
    private final RegisterBank registers;
    private final long prodOffset;
    private final long consOffset;
    private final int log2Entries;
    private final int entryWords;
    private final long base;

    /** Throws ENOMEM. */
    RecordQueue(
            PhysicalMemory memory,
            RegisterBank registers,
            long prodOffset,
            long consOffset,
            int log2Entries,
            int entryWords) {
        this.memory = memory;
        this.registers = registers;
        this.prodOffset = prodOffset;
        this.consOffset = consOffset;
        this.log2Entries = log2Entries;
        this.entryWords = entryWords;
        this.base = memory.allocate(bytes(), true);
        memory.cleanCache(base, bytes());
        memory.writeBarrier();
    }

    private long bytes() {
        return (8L * entryWords) << log2Entries;
    }

    /** Tells hardware where it is. It must not be enabled yet. */
    void install(long baseOffset) {
        registers.write64(baseOffset, Registers.QUEUE_BASE_ALLOCATE | base | log2Entries);
        registers.write32(prodOffset, 0);
        registers.write32(consOffset, 0);
    }

    /** Takes out what is there, oldest first. Returns whether hardware had to drop some. */
    boolean takeAll(Consumer<long[]> receiver) {
        int prod = registers.read32(prodOffset);
        int cons = registers.read32(consOffset);
        int positionMask = (2 << log2Entries) - 1;
        int position = cons & positionMask;
        while (position != (prod & positionMask)) {
            receiver.accept(record(position));
            position = position + 1 & positionMask;
        }
        boolean lost = ((prod ^ cons) & LOST) != 0;
        registers.write32(consOffset, position | (prod & LOST));
        return lost;
    }

    private long[] record(int position) {
        long address = base + 8L * entryWords * (position & (1 << log2Entries) - 1);
        long[] words = new long[entryWords];
        for (int i = 0; i < entryWords; i++) {
            words[i] = memory.load64(address + 8L * i);
        }
        return words;
    }

    /** Gives the memory back. Hardware must not use it any more. */
    void free() {
        memory.free(base, bytes());
    }
}
