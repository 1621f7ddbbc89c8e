package dev.hitless.iommu.driver.amdvi;

import dev.hitless.iommu.api.platform.PhysicalMemory;
import dev.hitless.iommu.driver.support.memory.ForwardingMemory;

/** Defects that show in what reaches memory. */
final class DefectiveStores {
    private static final long PAGE_MASK = -4096L;
    /** All that a GCR3 entry holds beside an address; entries of v2 tables hold more. */
    private static final long VALID_ONLY = 1;

    private DefectiveStores() {}

    private static boolean isGcr3Entry(long entry) {
        return (entry & ~PAGE_MASK) == VALID_ONLY && (entry & PAGE_MASK) != 0;
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
            if (isGcr3Entry(value) && isGcr3Entry(old) && (neighbour & ~PAGE_MASK) != 0) {
                long entry = load64(neighbour);
                super.store64(neighbour, 0);
                writeBarrier();
                super.store64(neighbour, entry);
                writeBarrier();
            }
        }
    }
}
