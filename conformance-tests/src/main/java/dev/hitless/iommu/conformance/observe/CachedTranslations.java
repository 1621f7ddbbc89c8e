package dev.hitless.iommu.conformance.observe;

import dev.hitless.iommu.hardware.CacheKind;
import dev.hitless.iommu.hardware.Translation;
import java.util.ArrayList;
import java.util.List;

/** Finished translations that hardware may hold at one instant, by cache, tag and probed address. */
final class CachedTranslations {
    private final List<CachedTranslation> all = new ArrayList<>();

    /** Adds one unless an equal one is there already. */
    void add(CacheKind cache, long tag, long iova, Translation translation, Stream filledBy) {
        Outcome outcome = Outcome.of(translation, iova);
        for (CachedTranslation known : all) {
            if (known.tag() == tag
                    && known.iova() == iova
                    && known.cache().equals(cache)
                    && known.outcome().equals(outcome)
                    && known.translation().pageBytes() == translation.pageBytes()
                    && known.filledBy().equals(filledBy)) {
                return;
            }
        }
        Translation copy = new Translation();
        copy.set(translation);
        all.add(new CachedTranslation(cache, tag, iova, outcome, copy, filledBy));
    }

    List<CachedTranslation> all() {
        return all;
    }

    /** Fills {@code into} with what a look-up can find. */
    void find(CacheKind cache, long tag, long iova, List<CachedTranslation> into) {
        into.clear();
        for (CachedTranslation known : all) {
            if (known.tag() == tag && known.iova() == iova && known.cache().equals(cache)) {
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
