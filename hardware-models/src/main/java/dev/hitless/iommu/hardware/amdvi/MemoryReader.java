package dev.hitless.iommu.hardware.amdvi;

import dev.hitless.iommu.hardware.CacheKind;
import dev.hitless.iommu.hardware.HardwarePort;
import dev.hitless.iommu.hardware.PlainReader;
import dev.hitless.iommu.hardware.StructureKind;
import dev.hitless.iommu.hardware.StructureReader;
import dev.hitless.iommu.hardware.Translation;

/** A plain reader that knows which structure was fetched last: the event log names it when it could not be read. */
final class MemoryReader implements StructureReader {
    private final PlainReader memory;
    private long lastAddress;

    MemoryReader(HardwarePort port) {
        this.memory = new PlainReader(port);
    }

    /** Address of the structure that was fetched last. */
    long lastAddress() {
        return lastAddress;
    }

    @Override
    public boolean fetch(StructureKind kind, long address) {
        lastAddress = address;
        return memory.fetch(kind, address);
    }

    @Override
    public long word(int index) {
        return memory.word(index);
    }

    @Override
    public void retain(CacheKind cache, long tag, long firstAddress, long lengthBytes) {
        memory.retain(cache, tag, firstAddress, lengthBytes);
    }

    @Override
    public boolean hit(CacheKind cache, long tag, long iova, Translation out) {
        return memory.hit(cache, tag, iova, out);
    }
}
