package dev.hitless.iommu.hardware.amdvi;

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
import org.jspecify.annotations.Nullable;

/** Reads memory, writes down everything that it is asked for, and answers with other words or a hit where it is told to. */
final class RecordingReader implements StructureReader {
    final List<StructureKind> kinds = new ArrayList<>();
    final List<Long> addresses = new ArrayList<>();
    /** Words asked for, in order, by structure: {@code "DTE 0"}. */
    final List<String> words = new ArrayList<>();

    final List<Retained> retained = new ArrayList<>();
    /** Tags of lookups, in order; each after how many fetches. */
    final List<Lookup> lookups = new ArrayList<>();

    private final PlainReader memory;
    private final Map<Long, Long> scripted = new HashMap<>();
    private @Nullable Translation line;

    record Retained(CacheKind cache, long tag, long firstAddress, long lengthBytes) {}

    record Lookup(CacheKind cache, long tag, long iova, int fetchesBefore) {}

    RecordingReader(FakeBus bus) {
        memory = new PlainReader(bus);
    }

    /** The word at {@code address} is read as {@code value}, whatever memory holds. */
    RecordingReader script(long address, long value) {
        scripted.put(address, value);
        return this;
    }

    /** Every lookup finds {@code translation}. */
    RecordingReader hitting(Translation translation) {
        line = translation;
        return this;
    }

    @Override
    public boolean fetch(StructureKind kind, long address) {
        kinds.add(kind);
        addresses.add(address);
        return memory.fetch(kind, address);
    }

    @Override
    public long word(int index) {
        String word = kinds.get(kinds.size() - 1).name() + " " + index;
        words.add(word);
        Long value = scripted.get(addresses.get(addresses.size() - 1) + index * 8L);
        return value != null ? value : memory.word(index);
    }

    @Override
    public void retain(CacheKind cache, long tag, long firstAddress, long lengthBytes) {
        retained.add(new Retained(cache, tag, firstAddress, lengthBytes));
    }

    @Override
    public boolean hit(CacheKind cache, long tag, long iova, Translation out) {
        lookups.add(new Lookup(cache, tag, iova, kinds.size()));
        if (line == null) {
            return false;
        }
        out.set(line);
        return true;
    }
}
