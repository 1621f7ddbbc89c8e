package dev.hitless.iommu.conformance.observe;

import dev.hitless.iommu.hardware.Translation;
import java.util.ArrayList;
import java.util.List;

/**
 * A walk that reads nothing that ever changes: its result is the same at every instant, and only what others leave under
 * its tags can make a difference.
 *
 * @param translation what it finds; not to be changed
 * @param outcome the same as an outcome, whatever the access
 * @param lookups the tags that its request looks under
 */
record SteadyWalk(Translation translation, Outcome outcome, List<BranchingReader.Lookup> lookups) {

    /** Whether nobody has left anything else for it. */
    boolean isAlone(CachedTranslations cached, long iova) {
        List<CachedTranslation> found = new ArrayList<>();
        List<CachedTranslations.Walk> walks = new ArrayList<>();
        for (BranchingReader.Lookup lookup : lookups) {
            cached.find(lookup.cache(), lookup.tag(), iova, found);
            for (CachedTranslation other : found) {
                if (!other.outcome().equals(outcome) || other.translation().pageBytes() != translation.pageBytes()) {
                    return false;
                }
            }
            cached.findWalks(lookup.cache(), lookup.tag(), iova, walks);
            for (CachedTranslations.Walk walk : walks) {
                Translation fault = walk.fault();
                if (fault == null || !Outcome.of(fault, iova).equals(outcome)) {
                    return false;
                }
            }
        }
        return true;
    }
}
