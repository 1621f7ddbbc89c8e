package dev.hitless.iommu.api.platform;

/** Memory that is another one but for what a subclass overrides. */
public abstract class ForwardingMemory implements PhysicalMemory {
    private final PhysicalMemory memory;

    /** @param memory where everything goes that is not overridden */
    protected ForwardingMemory(PhysicalMemory memory) {
        this.memory = memory;
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
    public void writeBarrier() {
        memory.writeBarrier();
    }

    @Override
    public void cleanCache(long address, long lengthBytes) {
        memory.cleanCache(address, lengthBytes);
    }
}
