package dev.hitless.iommu.driver.smmuv3;

import dev.hitless.iommu.api.platform.PhysicalMemory;

/**
 * Memory of stream tables and context-descriptor tables: hardware sees it in the order in which it was written, whether
 * its fetches snoop (IDR0.COHACC) or not.
 */
final class TableMemory {
    private final PhysicalMemory memory;
    private final boolean coherent;

    TableMemory(PhysicalMemory memory, boolean coherent) {
        this.memory = memory;
        this.coherent = coherent;
    }

    PhysicalMemory memory() {
        return memory;
    }

    boolean isCoherent() {
        return coherent;
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

    /** Makes what was written to the range visible. */
    void makeVisible(long address, long lengthBytes) {
        if (!coherent) {
            memory.cleanCache(address, lengthBytes);
        }
        memory.writeBarrier();
    }
}
