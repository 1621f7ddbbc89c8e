package dev.hitless.iommu.driver.support.memory;

import dev.hitless.iommu.api.platform.PhysicalMemory;

/**
 * Memory of the tables that lead to translations (root, context, PASID, stream and device tables): zeroes when they come,
 * and entries that hardware sees in the order in which they were written, whether its fetches snoop or not.
 */
public final class EntryMemory {
    private final PhysicalMemory memory;
    private final boolean coherent;

    /** @param coherent whether hardware's fetches snoop the CPU's caches; if not, every store is cleaned */
    public EntryMemory(PhysicalMemory memory, boolean coherent) {
        this.memory = memory;
        this.coherent = coherent;
    }

    /** Whether hardware's fetches snoop the CPU's caches. */
    public boolean isCoherent() {
        return coherent;
    }

    /** The memory itself. */
    public PhysicalMemory memory() {
        return memory;
    }

    /**
     * Zeroes, visible to hardware.
     *
     * @param lengthBytes as {@link PhysicalMemory#allocate}
     * @throws dev.hitless.iommu.api.IommuException ENOMEM
     */
    public long allocate(long lengthBytes) {
        long address = memory.allocate(lengthBytes, true);
        makeVisible(address, lengthBytes);
        return address;
    }

    /** Gives memory back. Hardware must not be able to reach it. */
    public void free(long address, long lengthBytes) {
        memory.free(address, lengthBytes);
    }

    /** One word. */
    public long load(long address) {
        return memory.load64(address);
    }

    /** Writes one word; everything written before is visible by now. */
    public void publish(long address, long value) {
        memory.store64(address, value);
        makeVisible(address, Long.BYTES);
    }

    /** Makes what was written to the range visible. */
    public void makeVisible(long address, long lengthBytes) {
        if (!coherent) {
            memory.cleanCache(address, lengthBytes);
        }
        memory.writeBarrier();
    }
}
