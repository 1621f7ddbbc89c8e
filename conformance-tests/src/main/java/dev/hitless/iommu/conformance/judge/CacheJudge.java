package dev.hitless.iommu.conformance.judge;

import dev.hitless.iommu.conformance.observe.CachedTranslation;
import dev.hitless.iommu.conformance.observe.Observer;
import dev.hitless.iommu.conformance.observe.Outcome;
import dev.hitless.iommu.conformance.observe.Stream;
import dev.hitless.iommu.conformance.rules.Rule;
import dev.hitless.iommu.hardware.DmaRequest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Judges what is in the shared translation caches, and under whose tag. */
final class CacheJudge {
    private final Operation operation;
    private final Observer observer;
    private final Tables tables;
    private final Blame blame;
    private final FindingList findings;
    private final Map<Tables.Tag, Set<Watched>> ownersBefore;
    private final Map<Tables.Tag, Set<Watched>> ownersAfter;

    CacheJudge(Operation operation, Observer observer, Tables tables, Blame blame, FindingList findings) {
        this.operation = operation;
        this.observer = observer;
        this.tables = tables;
        this.blame = blame;
        this.findings = findings;
        this.ownersBefore = owners(false);
        this.ownersAfter = owners(true);
    }

    private Map<Tables.Tag, Set<Watched>> owners(boolean afterwards) {
        Map<Tables.Tag, Set<Watched>> owners = new HashMap<>();
        for (Watched watched : operation.streams()) {
            for (long iova : operation.probes()) {
                Tables.Tag tag = tables.tag(watched.stream(), iova, afterwards);
                if (tag != null) {
                    owners.computeIfAbsent(tag, t -> new HashSet<>()).add(watched);
                }
            }
        }
        return owners;
    }

    void judge() {
        sharedTags();
        int end = operation.trace().end();
        for (int instant : observer.instants()) {
            for (CachedTranslation cached : observer.cached(instant)) {
                @Nullable Rule broken = instant == end ? atEnd(cached) : during(cached);
                if (broken != null && !findings.isFull(broken)) {
                    report(cached, instant, broken);
                }
            }
        }
    }

    /** One tag may stand for one translation only. */
    private void sharedTags() {
        ownersAfter.forEach((tag, owners) -> {
            for (long iova : operation.probes()) {
                List<Outcome> different = new ArrayList<>();
                for (Watched owner : owners) {
                    Outcome outcome = tables.cacheable(owner.stream(), iova, true);
                    if (outcome != null
                            && tag.equals(tables.tag(owner.stream(), iova, true))
                            && !different.contains(outcome)) {
                        different.add(outcome);
                    }
                }
                if (different.size() > 1) {
                    findings.add(Finding.at(
                            operation.trace().end(),
                            Rule.DRV_06,
                            owners.iterator().next().stream().request(iova, false, false),
                            owners.toString(),
                            "one translation under tag 0x" + Long.toHexString(tag.value()),
                            different.toString()));
                }
            }
        });
    }

    private @Nullable Rule atEnd(CachedTranslation cached) {
        Tables.Tag tag = new Tables.Tag(cached.cache(), cached.tag());
        if (matches(ownersAfter.getOrDefault(tag, Set.of()), cached, true)) {
            return null;
        }
        Optional<Aftermath> aftermath = operation.aftermath();
        if (aftermath.isPresent()) {
            return atEndOf(aftermath.get(), tag, cached);
        }
        // A leftover of the old domain under its own tag; anything else got there under a foreign one.
        return matches(subjects(ownersBefore.getOrDefault(tag, Set.of())), cached, false) ? Rule.DRV_04 : Rule.DRV_06;
    }

    /** What an operation that failed may leave: nothing, unless hardware gave no way to drop it. */
    private @Nullable Rule atEndOf(Aftermath aftermath, Tables.Tag tag, CachedTranslation cached) {
        if (aftermath.excuse() == Aftermath.Excuse.ALL && during(cached) == null) {
            return null;
        }
        boolean ofSubject = matches(subjects(ownersBefore.getOrDefault(tag, Set.of())), cached, false)
                || aftermath.intended().isOfSubject(cached);
        return ofSubject ? Rule.DRV_08 : Rule.DRV_06;
    }

    private @Nullable Rule during(CachedTranslation cached) {
        if (operation.aftermath().isPresent()
                && operation.aftermath().get().intended().allows(cached)) {
            return null;
        }
        Tables.Tag tag = new Tables.Tag(cached.cache(), cached.tag());
        Set<Watched> before = ownersBefore.getOrDefault(tag, Set.of());
        Set<Watched> after = ownersAfter.getOrDefault(tag, Set.of());
        if (before.isEmpty() && after.isEmpty()) {
            // A private tag of the driver: both domains may pass through it, nothing else.
            Set<Watched> all = new HashSet<>(operation.streams());
            return matches(subjects(all), cached, false) || matches(subjects(all), cached, true) || isIntended(cached)
                    ? null
                    : Rule.DRV_06;
        }
        return matches(before, cached, false) || matches(after, cached, true) ? null : Rule.DRV_06;
    }

    private boolean isIntended(CachedTranslation cached) {
        return operation
                .aftermath()
                .map(aftermath -> aftermath.intended().isOfSubject(cached))
                .orElse(false);
    }

    private static Set<Watched> subjects(Set<Watched> streams) {
        Set<Watched> subjects = new HashSet<>(streams);
        subjects.removeIf(watched -> !watched.subject());
        return subjects;
    }

    private boolean matches(Set<Watched> owners, CachedTranslation cached, boolean afterwards) {
        for (Watched owner : owners) {
            Outcome own = tables.cacheable(owner.stream(), cached.iova(), afterwards);
            if (own != null && cached.outcome().equals(own)) {
                return true;
            }
        }
        return false;
    }

    private void report(CachedTranslation cached, int instant, Rule inherent) {
        Rule rule = inherent == Rule.DRV_08
                ? inherent
                : blame.of(
                        other -> isHeld(
                                other, cached, instant == operation.trace().end()),
                        inherent);
        Stream stream = cached.filledBy();
        DmaRequest request = stream.request(cached.iova(), false, false);
        findings.add(Finding.at(
                instant,
                rule,
                request,
                stream.toString(),
                "no such translation under tag 0x" + Long.toHexString(cached.tag()),
                cached.cache() + " holds " + cached.translation()));
    }

    /** Whether it is held under other assumptions too, then or at any other instant of the same phase. */
    private boolean isHeld(Observer other, CachedTranslation cached, boolean atEnd) {
        for (int instant : other.instants()) {
            if ((instant == operation.trace().end()) == atEnd
                    && other.cached(instant).stream().anyMatch(held -> same(held, cached))) {
                return true;
            }
        }
        return false;
    }

    private static boolean same(CachedTranslation first, CachedTranslation second) {
        return first.tag() == second.tag()
                && first.iova() == second.iova()
                && first.cache().equals(second.cache())
                && first.outcome().equals(second.outcome());
    }
}
