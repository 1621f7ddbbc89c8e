package dev.hitless.iommu.hardware.amdvi;

import dev.hitless.iommu.hardware.CacheKind;
import dev.hitless.iommu.hardware.HardwarePort;
import dev.hitless.iommu.hardware.StructureKind;
import dev.hitless.iommu.hardware.StructureReader;
import dev.hitless.iommu.hardware.Translation;

/** Reads memory as the bus sees it now, caches nothing, and knows what was fetched last, for the event log. */
final class MemoryReader implements StructureReader {
    private final HardwarePort port;
    private long address;

    MemoryReader(HardwarePort port) {
        this.port = port;
    }

    /** Address of the structure that was fetched last. */
    long lastAddress() {
        return address;
    }

    @Override
    public boolean fetch(StructureKind kind, long structureAddress) {
        address = structureAddress;
        return port.isMemory(structureAddress);
    }

    @Override
    public long word(int index) {
        return port.read64(address + 8L * index);
    }

    @Override
    public void retain(CacheKind cache, long tag, long firstAddress, long lengthBytes) {}

    @Override
    public boolean hit(CacheKind cache, long tag, long iova, Translation out) {
        return false;
    }
}
