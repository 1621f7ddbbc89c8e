package dev.hitless.iommu.hardware.vtd;

import dev.hitless.iommu.hardware.CacheKind;
import dev.hitless.iommu.hardware.HardwarePort;
import dev.hitless.iommu.hardware.PlainReader;
import dev.hitless.iommu.hardware.StructureKind;
import dev.hitless.iommu.hardware.StructureReader;
import dev.hitless.iommu.hardware.Translation;

/** Reads plainly, and has one finished translation cached. */
final class CachingReader implements StructureReader {
    private final PlainReader plain;
    private final long cachedTag;
    private final Translation cached;

    CachingReader(HardwarePort port, long cachedTag, Translation cached) {
        plain = new PlainReader(port);
        this.cachedTag = cachedTag;
        this.cached = cached;
    }

    @Override
    public boolean fetch(StructureKind kind, long address) {
        return plain.fetch(kind, address);
    }

    @Override
    public long word(int index) {
        return plain.word(index);
    }

    @Override
    public void retain(CacheKind cache, long tag, long firstAddress, long lengthBytes) {
        plain.retain(cache, tag, firstAddress, lengthBytes);
    }

    @Override
    public boolean hit(CacheKind cache, long tag, long iova, Translation out) {
        if (tag != cachedTag) {
            return false;
        }
        out.set(cached);
        return true;
    }
}
