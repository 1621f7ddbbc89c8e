package dev.hitless.iommu.driver.amdvi;

import dev.hitless.iommu.api.platform.ForwardingMemory;
import dev.hitless.iommu.api.platform.PhysicalMemory;

/** Stores that hit more than they should, or less. */
final class DefectiveStores {
    private static final long PAGE_MASK = -4096L;
    /** All that a GCR3 entry holds beside an address; entries of v2 tables hold more. */
    private static final long VALID_ONLY = 1;

    private DefectiveStores() {}

    /** Whether {@code word} is a GCR3 entry, which points to the next GCR3 level or to a v2 table. */
    static boolean isPointer(long word) {
        return (word & ~PAGE_MASK) == VALID_ONLY && (word & PAGE_MASK) != 0;
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

    /** Whenever a GCR3 entry is replaced by another, the entry after it is taken down for a moment. */
    static final class DisturbingTheNeighbour extends ForwardingMemory {
        DisturbingTheNeighbour(PhysicalMemory memory) {
            super(memory);
        }

        @Override
        public void store64(long address, long value) {
            long old = load64(address);
            super.store64(address, value);
            long neighbour = address + Long.BYTES;
            if (isPointer(value) && isPointer(old) && (neighbour & ~PAGE_MASK) != 0) {
                long entry = load64(neighbour);
                super.store64(neighbour, 0);
                writeBarrier();
                super.store64(neighbour, entry);
                writeBarrier();
            }
        }
    }
}
