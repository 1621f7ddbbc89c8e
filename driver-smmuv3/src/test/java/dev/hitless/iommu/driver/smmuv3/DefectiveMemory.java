package dev.hitless.iommu.driver.smmuv3;

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
            if (isPointer(value) && isPointer(old) && old != value) {
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

    /** When a context descriptor is taken down, the one after it is down for a moment too. */
    static final class DisturbingTheNeighbour extends ForwardingMemory {
        private static final long DESCRIPTOR =
                ContextDescriptor.VALID | ContextDescriptor.AA64 | ContextDescriptor.ASET | ContextDescriptor.ABORT;

        DisturbingTheNeighbour(PhysicalMemory memory) {
            super(memory);
        }

        @Override
        public void store64(long address, long value) {
            boolean removal = isDescriptor(load64(address)) && !isDescriptor(value);
            super.store64(address, value);
            long neighbour = address + ContextDescriptor.BYTES;
            if (removal && (neighbour & ~PAGE_MASK) != 0 && isDescriptor(load64(neighbour))) {
                long word = load64(neighbour);
                super.store64(neighbour, word & ~ContextDescriptor.VALID);
                writeBarrier();
                super.store64(neighbour, word);
                writeBarrier();
            }
        }

        private static boolean isDescriptor(long word) {
            return (word & DESCRIPTOR) == DESCRIPTOR;
        }
    }

    private static boolean isPointer(long word) {
        return (word & ~PAGE_MASK) == PRESENT && (word & PAGE_MASK) != 0;
    }
}
