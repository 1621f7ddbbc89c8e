package dev.hitless.iommu.conformance.observe;

import dev.hitless.iommu.hardware.CacheKind;
import dev.hitless.iommu.hardware.StructureKind;
import java.util.ArrayList;
import java.util.List;

/** Which way one walk took: what it fetched from where, and under which tags it looked for a finished translation. */
final class WalkPath {
    private record Fetch(StructureKind kind, long address) {}

    private record Lookup(CacheKind cache, long tag) {}

    private final List<Fetch> fetches = new ArrayList<>();
    private final List<Lookup> lookups = new ArrayList<>();

    void clear() {
        fetches.clear();
        lookups.clear();
    }

    void fetched(StructureKind kind, long address) {
        fetches.add(new Fetch(kind, address));
    }

    void lookedUp(CacheKind cache, long tag) {
        lookups.add(new Lookup(cache, tag));
    }

    /**
     * Whether this is {@code other}, or the beginning of it: up to a finished translation, or to an entry that was not
     * present, which has to be dropped only when requests are to get past it.
     */
    boolean follows(WalkPath other) {
        return isStart(fetches, other.fetches) && isStart(lookups, other.lookups);
    }

    private static <T> boolean isStart(List<T> start, List<T> whole) {
        return start.size() <= whole.size() && start.equals(whole.subList(0, start.size()));
    }

    /** For people: what was fetched, in order. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        for (Fetch fetch : fetches) {
            text.append(text.isEmpty() ? "" : ", ")
                    .append(fetch.kind().name())
                    .append(" at 0x")
                    .append(Long.toHexString(fetch.address()));
        }
        for (Lookup lookup : lookups) {
            text.append(", ").append(lookup.cache()).append(" under tag 0x").append(Long.toHexString(lookup.tag()));
        }
        return text.toString();
    }
}
