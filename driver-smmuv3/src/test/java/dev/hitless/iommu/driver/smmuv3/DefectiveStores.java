package dev.hitless.iommu.driver.smmuv3;

import dev.hitless.iommu.api.platform.ForwardingMemory;
import dev.hitless.iommu.api.platform.PhysicalMemory;

/** Stores that hit more than they should. */
final class DefectiveStores {
    private static final long PAGE_MASK = -4096L;
    /** All that an L1CD holds beside an address. */
    private static final long VALID = 1;

    private DefectiveStores() {}

    /** Whether {@code word} points to a leaf of a CD table. */
    static boolean isPointer(long word) {
        return (word & ~PAGE_MASK) == VALID && (word & PAGE_MASK) != 0;
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
}
