package dev.hitless.iommu.hardware.vtd;

import dev.hitless.iommu.hardware.CacheKind;
import dev.hitless.iommu.hardware.HardwarePort;
import dev.hitless.iommu.hardware.PlainReader;
import dev.hitless.iommu.hardware.StructureKind;
import dev.hitless.iommu.hardware.StructureReader;
import dev.hitless.iommu.hardware.Translation;
import java.util.ArrayList;
import java.util.List;

/** Reads plainly and writes down what the walker says it may keep and what it looks up. */
final class RecordingReader implements StructureReader {
    record Kept(String structure, CacheKind cache, long tag, long first, long length) {}

    final List<Kept> kept = new ArrayList<>();
    final List<Long> lookups = new ArrayList<>();
    final List<StructureKind> fetched = new ArrayList<>();
    private final PlainReader plain;
    private String structure = "";

    RecordingReader(HardwarePort port) {
        plain = new PlainReader(port);
    }

    @Override
    public boolean fetch(StructureKind kind, long address) {
        structure = kind.name();
        fetched.add(kind);
        return plain.fetch(kind, address);
    }

    @Override
    public long word(int index) {
        return plain.word(index);
    }

    @Override
    public void retain(CacheKind cache, long tag, long firstAddress, long lengthBytes) {
        kept.add(new Kept(structure, cache, tag, firstAddress, lengthBytes));
    }

    @Override
    public boolean hit(CacheKind cache, long tag, long iova, Translation out) {
        lookups.add(tag);
        return false;
    }

    List<String> structuresKept() {
        return kept.stream().map(Kept::structure).toList();
    }
}
