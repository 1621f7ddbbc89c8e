package dev.hitless.iommu.driver.vtd;

import dev.hitless.iommu.api.platform.PhysicalMemory;

/**
 * Memory behind a chipset buffer that holds stores back (CAP.RWBF): a barrier alone does not make them visible, so every
 * barrier flushes the buffer too (VT-d spec 6.8).
 */
final class BufferedMemory implements PhysicalMemory {
    private final PhysicalMemory memory;
    private final GlobalCommand command;

    BufferedMemory(PhysicalMemory memory, GlobalCommand command) {
        this.memory = memory;
        this.command = command;
    }

    /** Throws ETIMEDOUT if the buffer is not flushed in time. */
    @Override
    public void writeBarrier() {
        memory.writeBarrier();
        command.flushWriteBuffer();
    }

    @Override
    public long allocate(long lengthBytes, boolean zeroed) {
        return memory.allocate(lengthBytes, zeroed);
    }

    @Override
    public void free(long address, long lengthBytes) {
        memory.free(address, lengthBytes);
    }

    @Override
    public long load64(long address) {
        return memory.load64(address);
    }

    @Override
    public void store64(long address, long value) {
        memory.store64(address, value);
    }

    @Override
    public boolean hasStore128() {
        return memory.hasStore128();
    }

    @Override
    public void store128(long address, long low, long high) {
        memory.store128(address, low, high);
    }

    @Override
    public boolean compareAndSet64(long address, long expected, long value) {
        return memory.compareAndSet64(address, expected, value);
    }

    @Override
    public void cleanCache(long address, long lengthBytes) {
        memory.cleanCache(address, lengthBytes);
    }
}
