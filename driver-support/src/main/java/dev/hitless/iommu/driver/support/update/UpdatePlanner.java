package dev.hitless.iommu.driver.support.update;

import dev.hitless.iommu.api.ReplacePlan;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Finds out how one entry gets from one content to another without hardware ever acting on a third. Takes the first way
 * that works:
 *
 * <ol>
 *   <li>{@link ReplacePlan#IN_PLACE}: one store makes all the difference, once bits that are ignored now were set ahead.
 *   <li>{@link ReplacePlan#TRANSIT_TAG}: the tag and the rest change one after the other, under a tag of nobody else:
 *       A/rootA, T/rootA, T/rootB, B/rootB. Each is legal, and neither A nor B is ever filled from the other's tables.
 *   <li>{@link ReplacePlan#LEAF_SWAP}: one store to the pointer above switches to a copy of the leaf.
 *   <li>{@link ReplacePlan#TRANSIT_TAG} again, with the tag of the one on the table of the other: A/rootA, B/rootA, B/rootB,
 *       or A/rootA, A/rootB, B/rootB. Only where the layout says that both together are nobody else's.
 *   <li>{@link ReplacePlan#BREAK_BEFORE_MAKE}: blocked in between.
 * </ol>
 */
public final class UpdatePlanner {
    private final EntryLayout layout;
    private final int unitWords;

    /**
     * @param store128 whether two words can be stored at once ({@code PhysicalMemory.hasStore128}); if not, each word is a
     *     unit of its own, whatever hardware reads at once
     */
    public UpdatePlanner(EntryLayout layout, boolean store128) {
        this.layout = layout;
        this.unitWords = Math.min(layout.quantumWords(), store128 ? 2 : 1);
    }

    /**
     * Plans.
     *
     * @param live what the entry holds now
     * @param target what it is to hold; no bit set that it does not use
     * @throws IllegalArgumentException if {@code target} has such bits: the driver's layout or its encoding is wrong
     */
    public UpdatePlan plan(EntryContent live, EntryContent target, PlanOptions options) {
        EntryContent stray = target.andNot(layout.used(target));
        if (!stray.isZero()) {
            throw new IllegalArgumentException(
                    layout.name() + " " + target + " sets bits that it does not use: " + stray);
        }
        boolean sameTag = wouldMixUnderOneTag(live, target) && !options.sameTagMix();
        if (!sameTag && inPlaceWorks(live, target)) {
            return inPlace(live, target, options);
        }
        Optional<Transit> transit = transit(live, target, options);
        if (transit.isPresent()) {
            return throughTransitTag(live, target, transit.get(), options);
        }
        if (!sameTag && options.leafSwap()) {
            return leafSwap(live, target, options);
        }
        if (!sameTag && freeTagsWork(live, target)) {
            return withFreeTags(live, target, options);
        }
        return breakBeforeMake(live, target, options);
    }

    /** Both translate, differently, and tag their translations alike. */
    private boolean wouldMixUnderOneTag(EntryContent live, EntryContent target) {
        Optional<TagField> before = layout.cacheTag(live);
        Optional<TagField> after = layout.cacheTag(target);
        return layout.isLive(live)
                && layout.isLive(target)
                && before.isPresent()
                && after.isPresent()
                && before.get().read(live) == after.get().read(target)
                && !compare(live, target).criticalUnits().isEmpty();
    }

    private EntryComparison compare(EntryContent from, EntryContent to) {
        return EntryComparison.of(layout, unitWords, from, to);
    }

    private boolean inPlaceWorks(EntryContent from, EntryContent to) {
        return compare(from, to).oneStoreSwitches();
    }

    private boolean freeTagsWork(EntryContent from, EntryContent to) {
        return EntryComparison.withFreeTags(layout, unitWords, from, to).oneStoreSwitches();
    }

    private PlanBuilder begin(EntryContent live, PlanOptions options) {
        PlanBuilder builder = new PlanBuilder(layout, unitWords, live);
        for (EntryContent content : options.possiblyCached()) {
            builder.invalidate(CacheScope.CONFIGURATION, content);
        }
        return builder;
    }

    private UpdatePlan inPlace(EntryContent live, EntryContent target, PlanOptions options) {
        boolean nothingToDo = live.equals(target) && options.possiblyCached().isEmpty();
        boolean sameEffect = compare(live, target).criticalUnits().isEmpty();
        PlanBuilder builder = begin(live, options);
        builder.inPlace(target);
        if (!sameEffect || !options.possiblyCached().isEmpty()) {
            forget(builder, options, live);
        }
        return builder.build(nothingToDo ? ReplacePlan.NONE : ReplacePlan.IN_PLACE, target);
    }

    /** Old and new content, each with the transit tag in place of its own. */
    private record Transit(EntryContent before, EntryContent after) {}

    private Optional<Transit> transit(EntryContent live, EntryContent target, PlanOptions options) {
        Optional<TagField> oldTag = layout.cacheTag(live);
        Optional<TagField> newTag = layout.cacheTag(target);
        if (options.transitTag().isEmpty()
                || oldTag.isEmpty()
                || newTag.isEmpty()
                || !layout.isLive(live)
                || !layout.isLive(target)) {
            return Optional.empty();
        }
        long tag = options.transitTag().getAsLong();
        if (tag == oldTag.get().read(live) || tag == newTag.get().read(target)) {
            throw new IllegalArgumentException(
                    "transit tag 0x" + Long.toHexString(tag) + " is the tag of the old or the new content");
        }
        Transit transit =
                new Transit(oldTag.get().write(live, tag), newTag.get().write(target, tag));
        boolean works = inPlaceWorks(live, transit.before)
                && inPlaceWorks(transit.before, transit.after)
                && inPlaceWorks(transit.after, target);
        return works ? Optional.of(transit) : Optional.empty();
    }

    /**
     * Each leg is in place, so each fetch sees a content with its own tag: A is filled from rootA only, B from rootB
     * only, T from either, which is "old or new" for the one requester that uses T. The old tag is cleaned before the
     * last leg: if A and B are the same, nothing old is met under it afterwards. T is clean when the plan ends, whatever
     * the options say, because it is given back.
     */
    private UpdatePlan throughTransitTag(EntryContent live, EntryContent target, Transit transit, PlanOptions options) {
        PlanBuilder builder = begin(live, options);
        builder.inPlace(transit.before, target);
        builder.inPlace(transit.after, target);
        forgetTranslations(builder, options, live);
        builder.inPlace(target);
        builder.invalidate(CacheScope.TRANSLATION, transit.after);
        forgetDevice(builder, options, live);
        return builder.build(ReplacePlan.TRANSIT_TAG, target);
    }

    private UpdatePlan leafSwap(EntryContent live, EntryContent target, PlanOptions options) {
        PlanBuilder builder = begin(live, options);
        builder.swapLeaf(target);
        forget(builder, options, live);
        return builder.build(ReplacePlan.LEAF_SWAP, target);
    }

    /**
     * In place but for the tag, which is stored ahead or afterwards, with what is ignored then. Everything under the mixed
     * tag is this requester's alone ({@link EntryLayout#tagAhead}); the driver drops it with the rest.
     */
    private UpdatePlan withFreeTags(EntryContent live, EntryContent target, PlanOptions options) {
        PlanBuilder builder = begin(live, options);
        builder.inPlaceWithFreeTags(target);
        forget(builder, options, live);
        return builder.build(ReplacePlan.TRANSIT_TAG, target);
    }

    /**
     * Two plans in place, with a blocking content between them under which nothing is cached: the first switches what was
     * off, and the second fills what is ignored, waits, and switches the target on.
     */
    private UpdatePlan breakBeforeMake(EntryContent live, EntryContent target, PlanOptions options) {
        PlanBuilder builder = begin(live, options);
        builder.inPlace(layout.parked(live), target);
        forget(builder, options, live);
        builder.inPlace(target);
        return builder.build(ReplacePlan.BREAK_BEFORE_MAKE, target);
    }

    private static void forget(PlanBuilder builder, PlanOptions options, EntryContent replaced) {
        forgetTranslations(builder, options, replaced);
        forgetDevice(builder, options, replaced);
    }

    private static void forgetTranslations(PlanBuilder builder, PlanOptions options, EntryContent replaced) {
        if (options.finalInvalidations().contains(CacheScope.TRANSLATION)) {
            Set<EntryContent> contents = new LinkedHashSet<>(List.of(replaced));
            contents.addAll(options.possiblyCached());
            contents.forEach(content -> builder.invalidate(CacheScope.TRANSLATION, content));
        }
    }

    private static void forgetDevice(PlanBuilder builder, PlanOptions options, EntryContent replaced) {
        if (options.finalInvalidations().contains(CacheScope.DEVICE)) {
            builder.invalidate(CacheScope.DEVICE, replaced);
        }
    }
}
