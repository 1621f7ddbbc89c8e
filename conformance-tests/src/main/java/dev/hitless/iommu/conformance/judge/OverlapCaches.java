package dev.hitless.iommu.conformance.judge;

import dev.hitless.iommu.conformance.observe.CachedTranslation;
import dev.hitless.iommu.conformance.observe.Observer;
import dev.hitless.iommu.conformance.observe.Outcome;
import dev.hitless.iommu.conformance.observe.Stream;
import dev.hitless.iommu.conformance.rules.Rule;
import dev.hitless.iommu.conformance.trace.Trace;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Judges what shared translation caches held while operations overlapped: under a tag only what those meet whose tag it is,
 * before or after a switch; under a private tag of the driver only what somebody meets.
 */
final class OverlapCaches {
    private final Overlapping overlapping;
    private final Windows windows;
    private final Observer observer;
    private final OverlapRules rules;
    private final Map<Tables.Tag, Set<Stream>> ownersBefore;
    private final Map<Tables.Tag, Set<Stream>> ownersAfter;
    private final Map<Question, Set<Outcome>> answers = new HashMap<>();

    private record Question(Tables.Tag tag, long iova, List<Integer> possible) {}

    OverlapCaches(Overlapping overlapping, Trace trace, Windows windows, Observer observer, OverlapRules rules) {
        this.overlapping = overlapping;
        this.windows = windows;
        this.observer = observer;
        this.rules = rules;
        Tables tables = new Tables(Operation.unwatched(trace));
        this.ownersBefore = owners(tables, false);
        this.ownersAfter = owners(tables, true);
    }

    private Map<Tables.Tag, Set<Stream>> owners(Tables tables, boolean afterwards) {
        Map<Tables.Tag, Set<Stream>> owners = new HashMap<>();
        for (Stream stream : overlapping.streams()) {
            for (long iova : overlapping.probes()) {
                Tables.Tag tag = tables.tag(stream, iova, afterwards);
                if (tag != null) {
                    owners.computeIfAbsent(tag, t -> new LinkedHashSet<>()).add(stream);
                }
            }
        }
        return owners;
    }

    void judge(int[] instants) {
        for (int instant : instants) {
            List<Integer> possible = OverlapJudge.possible(windows, instant);
            for (CachedTranslation cached : observer.cached(instant)) {
                Tables.Tag tag = new Tables.Tag(cached.cache(), cached.tag());
                Set<Outcome> allowed =
                        answers.computeIfAbsent(new Question(tag, cached.iova(), possible), this::allowed);
                if (!allowed.contains(cached.outcome())) {
                    report(cached, instant, allowed);
                }
            }
        }
    }

    private Set<Outcome> allowed(Question question) {
        Set<Stream> before = ownersBefore.getOrDefault(question.tag(), Set.of());
        Set<Stream> after = ownersAfter.getOrDefault(question.tag(), Set.of());
        boolean isPrivate = before.isEmpty() && after.isEmpty();
        int all = (1 << windows.count()) - 1;
        Set<Outcome> allowed = new HashSet<>();
        for (int done : question.possible()) {
            for (Stream stream : overlapping.streams()) {
                boolean switches = overlapping.outcomes().isSwitched(all, stream);
                boolean switched = overlapping.outcomes().isSwitched(done, stream);
                // One that two operations switch may be on what the first of them brought, under either tag of its own.
                boolean owns = isPrivate
                        || (overlapping.isContested(stream) && (before.contains(stream) || after.contains(stream)))
                        || (before.contains(stream) && !switched)
                        || (after.contains(stream) && (switched || !switches));
                if (owns) {
                    allowed.addAll(overlapping.outcomes().cacheable(done, stream, question.iova()));
                }
            }
        }
        return allowed;
    }

    private void report(CachedTranslation cached, int instant, Set<Outcome> allowed) {
        Tables.Tag tag = new Tables.Tag(cached.cache(), cached.tag());
        boolean known = ownersBefore.containsKey(tag) && windows.over(instant) != 0;
        rules.report(
                instant,
                known ? Rule.DRV_04 : Rule.DRV_06,
                cached.filledBy(),
                cached.iova(),
                (other, then) -> other.cached(then).stream().anyMatch(held -> same(held, cached)),
                "under tag 0x" + Long.toHexString(cached.tag()) + " one of " + allowed,
                cached.cache() + " holds " + cached.translation());
    }

    private static boolean same(CachedTranslation first, CachedTranslation second) {
        return first.tag() == second.tag()
                && first.iova() == second.iova()
                && first.cache().equals(second.cache())
                && first.outcome().equals(second.outcome());
    }
}
