package dev.hitless.iommu.driver.support.update;

import java.util.EnumSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;

/**
 * What a planner may use for one change.
 *
 * @param transitTag a tag under which nothing is cached and that nobody else uses, until the plan is through; empty if
 *     there is none, or if old and new translations must not meet under one tag (SMMUv3 calls that a TLB conflict)
 * @param leafSwap the entry lies in a leaf that can be replaced as a whole by one 64-bit store to the pointer above it
 * @param sameTagMix if both contents carry the same tag: their translations may meet under it. True where the tag is
 *     private to this entry and hardware takes either; false where others would be hit, or hardware forbids it
 * @param possiblyCached contents that hardware may still hold copies of because an earlier update of this entry was
 *     interrupted ({@link UpdateInterruptedException#possiblyCached}); the plan begins by dropping those
 * @param finalInvalidations what the plan invalidates once the switch is done, in this order: TRANSLATION, DEVICE. Leave
 *     out what does not apply, for example everything when DMA was blocked before
 */
public record PlanOptions(
        OptionalLong transitTag,
        boolean leafSwap,
        boolean sameTagMix,
        List<EntryContent> possiblyCached,
        Set<CacheScope> finalInvalidations) {
    /** No transit tag, no leaf swap, no mixing; translations and devices are invalidated. */
    public static final PlanOptions DEFAULT = new PlanOptions(
            OptionalLong.empty(), false, false, List.of(), EnumSet.of(CacheScope.TRANSLATION, CacheScope.DEVICE));

    public PlanOptions {
        possiblyCached = List.copyOf(possiblyCached);
        finalInvalidations = Set.copyOf(finalInvalidations);
        if (finalInvalidations.contains(CacheScope.CONFIGURATION)
                || finalInvalidations.contains(CacheScope.LEAF_POINTER)) {
            throw new IllegalArgumentException(
                    "final invalidations " + finalInvalidations + "; a plan looks after the entry's own copies itself");
        }
    }

    /** These with a transit tag. */
    public PlanOptions withTransitTag(long tag) {
        return new PlanOptions(OptionalLong.of(tag), leafSwap, sameTagMix, possiblyCached, finalInvalidations);
    }

    /** These with leaf swap allowed. */
    public PlanOptions withLeafSwap() {
        return new PlanOptions(transitTag, true, sameTagMix, possiblyCached, finalInvalidations);
    }

    /** These with mixing under one tag allowed. */
    public PlanOptions withSameTagMix() {
        return new PlanOptions(transitTag, leafSwap, true, possiblyCached, finalInvalidations);
    }

    /** These after an update that was interrupted. */
    public PlanOptions withPossiblyCached(List<EntryContent> contents) {
        return new PlanOptions(transitTag, leafSwap, sameTagMix, contents, finalInvalidations);
    }

    /** These with other final invalidations. */
    public PlanOptions withFinalInvalidations(Set<CacheScope> scopes) {
        return new PlanOptions(transitTag, leafSwap, sameTagMix, possiblyCached, scopes);
    }
}
