package dev.hitless.iommu.exactness;

import dev.hitless.iommu.conformance.observe.Outcome;
import dev.hitless.iommu.exactness.ReplayReader.Lookup;
import dev.hitless.iommu.hardware.CacheKind;
import dev.hitless.iommu.hardware.DmaRequest;
import dev.hitless.iommu.hardware.Translation;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Everything that hardware holds in one state. Of two that differ only in how stale they are, the fresher is enough. */
final class Held {
    /**
     * A finished translation in the IOMMU or in a device.
     *
     * @param where cache and tag
     * @param filledBy the request that it was made for
     * @param translation what it says; not to be changed
     * @param coveredBy commands that drop it
     * @param stale those that void this one once they are complete
     * @param content what it says to whom
     */
    record Line(
            Lookup where,
            DmaRequest filledBy,
            Translation translation,
            long coveredBy,
            long stale,
            PartialWalk.Content content) {
        static Line of(Lookup where, DmaRequest filledBy, Translation translation, long coveredBy, long stale) {
            Outcome outcome = Outcome.of(translation, filledBy.iova());
            List<Object> content = List.of(where, filledBy, outcome, translation.pageBytes());
            return new Line(where, filledBy, translation, coveredBy, stale, new PartialWalk.Content(null, content));
        }

        Line aged(long submitted) {
            long older = stale | (submitted & coveredBy);
            return older == stale ? this : new Line(where, filledBy, translation, coveredBy, older, content);
        }
    }

    private final Map<PartialWalk.Content, List<PartialWalk>> walks = new HashMap<>();
    private final Map<PartialWalk.Content, List<Line>> lines = new HashMap<>();

    Held copy() {
        Held copy = new Held();
        walks.forEach((content, all) -> copy.walks.put(content, new ArrayList<>(all)));
        lines.forEach((content, all) -> copy.lines.put(content, new ArrayList<>(all)));
        return copy;
    }

    /** What is left after an event at which commands were submitted, given those seen complete by then. */
    Held aged(long submitted, long seen) {
        Held left = new Held();
        walks().forEach(walk -> {
            PartialWalk older = walk.isMomentary() ? null : walk.aged(submitted);
            if (older != null && older.isAlive(seen)) {
                left.add(older);
            }
        });
        lines().forEach(line -> {
            Line older = line.aged(submitted);
            if ((older.stale() & seen) == 0) {
                left.add(older);
            }
        });
        return left;
    }

    /** Devices whose caches are off hold nothing. */
    void dropDevicesOf(List<Integer> requesterIds) {
        lines.values()
                .forEach(same -> same.removeIf(line -> line.filledBy().translationRequest()
                        && line.where().cache().role() == CacheKind.Role.DEVICE_TRANSLATION
                        && requesterIds.contains(line.filledBy().requesterId())));
    }

    /** Adds a walk; false if one that is as good is there already. */
    boolean add(PartialWalk walk) {
        List<PartialWalk> same = walks.computeIfAbsent(walk.content(), content -> new ArrayList<>(2));
        if (same.stream().anyMatch(known -> known.isAtLeast(walk))) {
            return false;
        }
        same.removeIf(walk::isAtLeast);
        same.add(walk);
        return true;
    }

    void add(Line line) {
        List<Line> same = lines.computeIfAbsent(line.content(), content -> new ArrayList<>(2));
        if (same.stream().noneMatch(known -> (known.stale() & ~line.stale()) == 0)) {
            same.removeIf(known -> (line.stale() & ~known.stale()) == 0);
            same.add(line);
        }
    }

    List<PartialWalk> walks() {
        return flat(walks.values());
    }

    List<Line> lines() {
        return flat(lines.values());
    }

    private static <T> List<T> flat(Collection<List<T>> lists) {
        List<T> all = new ArrayList<>();
        lists.forEach(all::addAll);
        return all;
    }

    /** Whether hardware that holds this can do everything that it can with {@code other}. */
    boolean isAtLeast(Held other) {
        return other.walks.entrySet().stream().allMatch(entry -> {
                    List<PartialWalk> mine = walks.getOrDefault(entry.getKey(), List.of());
                    return entry.getValue().stream()
                            .allMatch(its -> mine.stream().anyMatch(known -> known.isAtLeast(its)));
                })
                && other.lines.entrySet().stream().allMatch(entry -> {
                    List<Line> mine = lines.getOrDefault(entry.getKey(), List.of());
                    return entry.getValue().stream()
                            .allMatch(its -> mine.stream().anyMatch(known -> (known.stale() & ~its.stale()) == 0));
                });
    }
}
