package dev.hitless.iommu.driver.vtd;

import dev.hitless.iommu.api.platform.PhysicalMemory;

/**
 * Memory of root, context and PASID tables: pages of zeroes, and entries that hardware sees in the order in which they
 * were written, whether its fetches snoop (ECAP.C) or not.
 */
final class TranslationTables {
    private final PhysicalMemory memory;
    private final boolean coherent;

    TranslationTables(PhysicalMemory memory, boolean coherent) {
        this.memory = memory;
        this.coherent = coherent;
    }

    /** Whether hardware's fetches snoop the CPU's caches. */
    boolean isCoherent() {
        return coherent;
    }

    /** The memory itself. */
    PhysicalMemory memory() {
        return memory;
    }

    /** Zeroes, visible to hardware. Throws ENOMEM. */
    long allocate(long lengthBytes) {
        long address = memory.allocate(lengthBytes, true);
        makeVisible(address, lengthBytes);
        return address;
    }

    void free(long address, long lengthBytes) {
        memory.free(address, lengthBytes);
    }

    long load(long address) {
        return memory.load64(address);
    }

    /** Writes one word; everything written before is visible by now. */
    void publish(long address, long value) {
        memory.store64(address, value);
        makeVisible(address, Long.BYTES);
    }

    private void makeVisible(long address, long lengthBytes) {
        if (!coherent) {
            memory.cleanCache(address, lengthBytes);
        }
        memory.writeBarrier();
    }
}
