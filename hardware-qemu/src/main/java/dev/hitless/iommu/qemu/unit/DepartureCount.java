package dev.hitless.iommu.qemu.unit;

import java.util.EnumMap;
import java.util.Map;

/** How often each departure was seen. */
public final class DepartureCount {
    private final Map<Departure, Long> counts = new EnumMap<>(Departure.class);

    /** Once more. */
    public void add(Departure departure) {
        counts.merge(departure, 1L, Long::sum);
    }

    /** As often as there. */
    public void addAll(DepartureCount other) {
        other.counts.forEach((departure, count) -> counts.merge(departure, count, Long::sum));
    }

    /** What was seen, with how often, in the order of declaration. A copy. */
    public Map<Departure, Long> asMap() {
        return new EnumMap<>(counts);
    }

    /** All of them together. */
    public long total() {
        return counts.values().stream().mapToLong(Long::longValue).sum();
    }
}
