package dev.hitless.iommu.driver.vtd;

import dev.hitless.iommu.api.platform.PhysicalMemory;
import dev.hitless.iommu.driver.support.memory.ForwardingMemory;
import java.util.HashSet;
import java.util.Set;

/** Defects that show in what reaches memory. */
final class DefectiveMemory {
    private static final long PAGE_MASK = -4096L;
    private static final long PRESENT = 1;

    private DefectiveMemory() {}

    /** Barriers are forgotten: only doorbells order stores. */
    static final class WithoutBarriers extends ForwardingMemory {
        WithoutBarriers(PhysicalMemory memory) {
            super(memory);
        }

        @Override
        public void writeBarrier() {
            // Forgotten.
        }
    }

    /** Cache lines are not written back. */
    static final class WithoutCleaning extends ForwardingMemory {
        WithoutCleaning(PhysicalMemory memory) {
            super(memory);
        }

        @Override
        public void cleanCache(long address, long lengthBytes) {
            // Forgotten.
        }
    }

    /** When a pointer to a page is replaced by another, the old page is freed at once, not after the wait. */
    static final class FreeingTooEarly extends ForwardingMemory {
        private final Set<Long> freedAlready = new HashSet<>();

        FreeingTooEarly(PhysicalMemory memory) {
            super(memory);
        }

        @Override
        public void store64(long address, long value) {
            long old = load64(address);
            super.store64(address, value);
            if ((value & ~PAGE_MASK) == PRESENT
                    && (old & ~PAGE_MASK) == PRESENT
                    && (old & PAGE_MASK) != 0
                    && old != value) {
                super.free(old & PAGE_MASK, PAGE_BYTES);
                freedAlready.add(old & PAGE_MASK);
            }
        }

        @Override
        public void free(long address, long lengthBytes) {
            if (!freedAlready.remove(address)) {
                super.free(address, lengthBytes);
            }
        }
    }

    /** Every 128-bit store to an entry takes the entry after it down for a moment. */
    static final class DisturbingTheNeighbour extends ForwardingMemory {
        DisturbingTheNeighbour(PhysicalMemory memory) {
            super(memory);
        }

        @Override
        public void store128(long address, long low, long high) {
            super.store128(address, low, high);
            long neighbour = (address & -64L) + 64;
            if ((neighbour & PAGE_MASK) == (address & PAGE_MASK)) {
                long word = load64(neighbour);
                store64(neighbour, 0);
                writeBarrier();
                store64(neighbour, word);
                writeBarrier();
            }
        }
    }
}
