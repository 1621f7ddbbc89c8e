package dev.hitless.iommu.conformance.observe;

import dev.hitless.iommu.hardware.CacheKind;
import dev.hitless.iommu.hardware.Translation;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What requests may meet at one instant under a tag, whoever's requests made it: finished translations, and ends other than
 * a translation of walks through a kept entry of a page table, which is found by its tag as well.
 */
final class CachedTranslations {
    private final List<CachedTranslation> all = new ArrayList<>();
    private final Map<Long, List<CachedTranslation>> byAddress = new HashMap<>();
    private final Map<Long, List<Walk>> walksByAddress = new HashMap<>();

    /**
     * The end of a walk from a kept entry of a page table.
     *
     * @param cache where the walk's request looked for a finished translation
     * @param tag under which tag
     * @param fault the fault, or null
     * @param defect what was read that must not be, or null
     */
    record Walk(
            CacheKind cache,
            long tag,
            long iova,
            @Nullable Translation fault,
            BranchingReader.@Nullable Poisoned defect) {
        /** Ends another walk in the same way. */
        void repeat(Translation out) {
            if (defect != null) {
                throw defect;
            }
            if (fault != null) {
                out.set(fault);
            }
        }

        private boolean leadsTo(Walk other) {
            return tag == other.tag
                    && iova == other.iova
                    && cache.equals(other.cache)
                    && defect == other.defect
                    && (fault == null) == (other.fault == null)
                    && (fault == null
                            || other.fault == null
                            || Outcome.of(fault, iova).equals(Outcome.of(other.fault, iova)));
        }
    }

    /** Adds the fault of a walk unless an equal one is there already. */
    void addFault(CacheKind cache, long tag, long iova, Translation translation) {
        Translation copy = new Translation();
        copy.set(translation);
        add(new Walk(cache, tag, iova, copy, null));
    }

    /** Adds the defect of a walk unless an equal one is there already. */
    void addDefect(CacheKind cache, long tag, long iova, BranchingReader.Poisoned defect) {
        add(new Walk(cache, tag, iova, null, defect));
    }

    /** Adds all ends of walks that {@code other} has. */
    void addWalks(CachedTranslations other) {
        other.walksByAddress.values().forEach(walks -> walks.forEach(this::add));
    }

    private void add(Walk walk) {
        List<Walk> walks = walksByAddress.computeIfAbsent(walk.iova(), address -> new ArrayList<>());
        for (Walk known : walks) {
            if (walk.leadsTo(known)) {
                return;
            }
        }
        walks.add(walk);
    }

    /** Fills {@code into} with the ends of walks that a request can meet. */
    void findWalks(CacheKind cache, long tag, long iova, List<Walk> into) {
        into.clear();
        for (Walk walk : walksByAddress.getOrDefault(iova, List.of())) {
            if (walk.tag() == tag && walk.cache().equals(cache)) {
                into.add(walk);
            }
        }
    }

    /** Adds one unless an equal one is there already. */
    void add(CacheKind cache, long tag, long iova, Translation translation, Stream filledBy) {
        Outcome outcome = Outcome.of(translation, iova);
        List<CachedTranslation> here = byAddress.computeIfAbsent(iova, address -> new ArrayList<>());
        for (CachedTranslation known : here) {
            if (known.tag() == tag
                    && known.cache().equals(cache)
                    && known.outcome().equals(outcome)
                    && known.translation().pageBytes() == translation.pageBytes()
                    && known.filledBy().equals(filledBy)) {
                return;
            }
        }
        Translation copy = new Translation();
        copy.set(translation);
        CachedTranslation added = new CachedTranslation(cache, tag, iova, outcome, copy, filledBy);
        here.add(added);
        all.add(added);
    }

    /** Those that serve {@code iova}. */
    List<CachedTranslation> at(long iova) {
        return byAddress.getOrDefault(iova, List.of());
    }

    List<CachedTranslation> all() {
        return all;
    }

    /** Fills {@code into} with what a look-up can find. */
    void find(CacheKind cache, long tag, long iova, List<CachedTranslation> into) {
        into.clear();
        for (CachedTranslation known : at(iova)) {
            if (known.tag() == tag && known.cache().equals(cache)) {
                boolean same = false;
                for (CachedTranslation found : into) {
                    same |= found.outcome().equals(known.outcome())
                            && found.translation().pageBytes()
                                    == known.translation().pageBytes();
                }
                if (!same) {
                    into.add(known);
                }
            }
        }
    }
}
