package dev.hitless.iommu.exactness;

import dev.hitless.iommu.conformance.observe.Outcome;
import dev.hitless.iommu.exactness.Held.Line;
import dev.hitless.iommu.exactness.ReplayReader.Lookup;
import dev.hitless.iommu.hardware.DmaRequest;
import dev.hitless.iommu.hardware.Translation;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What walks have come to in one state, and so what the IOMMU can answer. */
final class Answers {
    /** The end of a walk: a translation that is not kept, a fault, or a defect. */
    record End(Met met, Translation translation) {
        boolean isTranslation() {
            return met.kind() == Outcome.Kind.TRANSLATED;
        }
    }

    /** What walks come to that start from the very entry that the request has. */
    private final Map<DmaRequest, List<End>> own = new HashMap<>();
    /** What walks come to that go through a kept entry of a page table, by the tag under which it is found. */
    private final Map<Lookup, List<End>> shared = new HashMap<>();
    /** Under which tags a request looks, by an entry that can be used now. */
    private final Map<DmaRequest, Set<Lookup>> looking = new HashMap<>();

    void clear() {
        own.clear();
        shared.clear();
        looking.clear();
    }

    /** A walk for {@code request} has come to {@code end}. */
    void add(DmaRequest request, End end) {
        own.computeIfAbsent(request, r -> new ArrayList<>()).add(end);
    }

    /** A walk through an entry that is found under {@code where} has come to {@code end}. */
    void addShared(Lookup where, End end) {
        shared.computeIfAbsent(where, l -> new ArrayList<>()).add(end);
    }

    /** {@code request} may be answered by what is found there. */
    void looksFor(DmaRequest request, Collection<Lookup> lookups) {
        looking.computeIfAbsent(request, r -> new HashSet<>()).addAll(lookups);
    }

    /** Everything that a request gets from the IOMMU that holds {@code held}, whatever its access. */
    List<End> of(DmaRequest request, Held held) {
        List<End> answers = new ArrayList<>(own.getOrDefault(request, List.of()));
        Set<Lookup> lookups = looking.getOrDefault(request, Set.of());
        lookups.forEach(lookup -> answers.addAll(shared.getOrDefault(lookup, List.of())));
        for (Line line : held.lines()) {
            if (lookups.contains(line.where())) {
                Translation found = line.translation();
                answers.add(new End(Met.of(Outcome.of(found, request.iova())), found));
            }
        }
        return answers;
    }
}
