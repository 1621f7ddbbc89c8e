package dev.hitless.iommu.hardware.smmuv3;

import dev.hitless.iommu.hardware.CacheKind;
import dev.hitless.iommu.hardware.FakeBus;
import dev.hitless.iommu.hardware.PlainReader;
import dev.hitless.iommu.hardware.StructureKind;
import dev.hitless.iommu.hardware.StructureReader;
import dev.hitless.iommu.hardware.Translation;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Writes down what the walker fetched, asked for, let hardware keep and looked up. Words can be scripted to differ from
 * memory, and translations can be put into the TLB.
 */
final class RecordingReader implements StructureReader {
    record Kept(String structure, CacheKind cache, long tag, long first, long length) {}

    final List<StructureKind> fetched = new ArrayList<>();
    final List<Kept> kept = new ArrayList<>();
    final List<Long> lookups = new ArrayList<>();
    /** Words asked of the last structure of a kind, by its name, in ascending order. */
    final Map<String, String> asked = new TreeMap<>();

    private final PlainReader plain;
    private final Map<Long, Long> scripted = new HashMap<>();
    private final Map<Long, Translation> cached = new HashMap<>();
    private String structure = "";
    private long address;
    private boolean fetchedNow;

    RecordingReader(FakeBus bus) {
        plain = new PlainReader(bus);
    }

    /** The word at {@code where} is read as {@code value}. */
    RecordingReader script(long where, long value) {
        scripted.put(where, value);
        return this;
    }

    /** The TLB holds {@code translation} under {@code tag}. */
    RecordingReader cache(long tag, Translation translation) {
        cached.put(tag, translation);
        return this;
    }

    @Override
    public boolean fetch(StructureKind kind, long at) {
        structure = kind.name();
        address = at;
        fetched.add(kind);
        asked.put(structure, "");
        fetchedNow = plain.fetch(kind, at);
        return fetchedNow;
    }

    @Override
    public long word(int index) {
        if (!fetchedNow) {
            throw new AssertionError("word " + index + " is asked of a structure that is not in hand");
        }
        String before = asked.getOrDefault(structure, "");
        if (before.contains(Integer.toString(index))) {
            throw new AssertionError("word " + index + " of " + structure + " is asked twice");
        }
        asked.put(structure, before + index);
        Long value = scripted.get(address + 8L * index);
        return value != null ? value : plain.word(index);
    }

    @Override
    public void retain(CacheKind cache, long tag, long firstAddress, long lengthBytes) {
        if (!fetchedNow) {
            throw new AssertionError("retain without a structure in hand");
        }
        fetchedNow = false;
        kept.add(new Kept(structure, cache, tag, firstAddress, lengthBytes));
    }

    @Override
    public boolean hit(CacheKind cache, long tag, long iova, Translation out) {
        lookups.add(tag);
        Translation known = cached.get(tag);
        if (known == null) {
            return false;
        }
        out.set(known);
        return true;
    }

    List<String> structuresKept() {
        return kept.stream().map(Kept::structure).toList();
    }

    boolean kept(CacheKind cache) {
        return kept.stream().anyMatch(copy -> copy.cache().equals(cache));
    }
}
