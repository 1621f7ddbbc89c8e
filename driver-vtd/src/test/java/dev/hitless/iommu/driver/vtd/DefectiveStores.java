package dev.hitless.iommu.driver.vtd;

import dev.hitless.iommu.api.platform.ForwardingMemory;
import dev.hitless.iommu.api.platform.PhysicalMemory;

/** Stores that hit more than they should. */
final class DefectiveStores {
    private static final long PAGE_MASK = -4096L;
    /** All that a PASID-directory entry holds beside an address. */
    private static final long PRESENT = 1;

    private DefectiveStores() {}

    /** Whether {@code word} points to a PASID-table leaf. */
    static boolean isPointer(long word) {
        return (word & ~PAGE_MASK) == PRESENT && (word & PAGE_MASK) != 0;
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
