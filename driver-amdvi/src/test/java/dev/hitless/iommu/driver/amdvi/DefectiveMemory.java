package dev.hitless.iommu.driver.amdvi;

import dev.hitless.iommu.api.platform.PhysicalMemory;
import dev.hitless.iommu.driver.support.memory.ForwardingMemory;
import java.util.HashSet;
import java.util.Set;

/** Defects that show in what reaches memory. */
final class DefectiveMemory {
    private static final long PAGE_MASK = -4096L;
    private static final long GCR3_VALID = 1;

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

    /** Half an entry at a time is really a quarter at a time. */
    static final class Storing128BitsInTwoHalves extends ForwardingMemory {
        Storing128BitsInTwoHalves(PhysicalMemory memory) {
            super(memory);
        }

        @Override
        public void store128(long address, long low, long high) {
            store64(address, low);
            store64(address + Long.BYTES, high);
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
            if ((value & ~PAGE_MASK) == GCR3_VALID
                    && (old & ~PAGE_MASK) == GCR3_VALID
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
}
