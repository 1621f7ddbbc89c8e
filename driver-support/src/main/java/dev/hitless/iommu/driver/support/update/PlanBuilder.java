package dev.hitless.iommu.driver.support.update;

import dev.hitless.iommu.api.ReplacePlan;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Puts the steps of one plan together and keeps track of what the entry holds after each. */
final class PlanBuilder {
    private final EntryLayout layout;
    private final int unitWords;
    private final EntryContent from;
    private final List<PlanStep> steps = new ArrayList<>();
    private EntryContent current;
    private int pointOfNoReturn = -1;

    PlanBuilder(EntryLayout layout, int unitWords, EntryContent from) {
        this.layout = layout;
        this.unitWords = unitWords;
        this.from = from;
        this.current = from;
        // Everything that the new content leads to must be visible before any of it is.
        steps.add(new PlanStep.PublishBarrier());
    }

    UpdatePlan build(ReplacePlan kind, EntryContent to) {
        int turn = pointOfNoReturn < 0 ? steps.size() : pointOfNoReturn;
        boolean hitless = kind != ReplacePlan.BREAK_BEFORE_MAKE;
        return new UpdatePlan(layout.name(), kind, from, to, hitless, turn, steps);
    }

    /**
     * Goes to {@code target} with at most one store that makes a difference.
     *
     * <p>Why hardware sees only what was or {@code target}, whichever order it reads units in:
     *
     * <ol>
     *   <li>Ahead: units become those of interim. A fetch that mixes old and interim units acts like the old content.
     *   <li>The wait after that: no fetch that began before it can still deliver an old unit, so no old unit that lacks
     *       {@code target}'s bits can be combined with the critical unit of step 3. Without it, a fetch that read unit 1
     *       before step 1 and unit 0 after step 3 would be neither. Such a fetch carries the tag of {@code target}; where
     *       copies are dropped by tag, that one has to be dropped too.
     *   <li>The critical unit, one store. A fetch returns it old, with the rest of interim: acts like the old content; or
     *       new, with the rest of interim, which agrees with {@code target} on all it uses: acts like {@code target}.
     *   <li>The wait after that: the old critical unit cannot be delivered any more.
     *   <li>Clean-up: bits that {@code target} ignores. Mixtures act like {@code target}. The wait after it is owed to the
     *       next update, which may start to use those bits and finds them set in memory, hence sets nothing ahead.
     * </ol>
     *
     * <p>With no critical unit, both contents act alike (but for bits that may be mixed), and so does every mixture.
     *
     * @param later contents that the plan goes to afterwards
     */
    void inPlace(EntryContent target, EntryContent... later) {
        switchTo(target, EntryComparison.of(layout, unitWords, current, target), List.of(later));
    }

    /** The same, with the tag changed by itself before or after. From then on hardware tags what it keeps another way. */
    void inPlaceWithFreeTags(EntryContent target) {
        if (!layout.tagAhead(current, target).isZero()) {
            markPointOfNoReturn();
        }
        switchTo(target, EntryComparison.withFreeTags(layout, unitWords, current, target), List.of());
    }

    private void switchTo(EntryContent target, EntryComparison comparison, List<EntryContent> after) {
        if (!comparison.oneStoreSwitches()) {
            throw new IllegalStateException(layout.name() + " " + current + " -> " + target + " needs "
                    + comparison.criticalUnits().size() + " units at once");
        }
        List<EntryContent> ahead = new ArrayList<>(List.of(target));
        ahead.addAll(after);
        if (!comparison.criticalUnits().isEmpty()) {
            int first = comparison.criticalUnits().get(0) * unitWords;
            storeAndSync(comparison.interim().withWords(first, unitWords, current), ahead);
            markPointOfNoReturn();
            storeAndSync(current.withWords(first, unitWords, target), ahead);
        }
        storeAndSync(target, after);
    }

    /**
     * Stores every unit that differs, makes the stores visible, and waits until no copy of before is left.
     *
     * @param ahead contents that are still to come
     */
    private void storeAndSync(EntryContent content, List<EntryContent> ahead) {
        EntryContent before = current;
        List<PlanStep> cleans = new ArrayList<>();
        for (int word = 0; word < layout.words(); word += unitWords) {
            if (!current.sameWords(word, unitWords, content)) {
                current = current.withWords(word, unitWords, content);
                steps.add(new PlanStep.StoreUnit(word, unitWords, current));
                cleans.add(new PlanStep.CleanCache(word, unitWords));
            }
        }
        if (current.equals(before)) {
            return;
        }
        if (!layout.snooped()) {
            steps.addAll(cleans);
        }
        steps.add(new PlanStep.PublishBarrier());
        steps.add(new PlanStep.Invalidate(CacheScope.CONFIGURATION, tagged(before, ahead), current));
    }

    /**
     * Contents whose tags have to be dropped. A fetch that has read a unit before this step, and goes on to read the unit
     * with the tag after a later one, carries that later tag. It cannot if the unit that was stored is the one with the
     * tag: what it has read of it is the old one.
     */
    private List<EntryContent> tagged(EntryContent before, List<EntryContent> ahead) {
        Map<Long, EntryContent> byTag = new LinkedHashMap<>();
        if (layout.copiesTagged()) {
            for (EntryContent content : ahead) {
                layout.cacheTag(content).ifPresent(field -> {
                    int tagUnit = field.word() / unitWords * unitWords;
                    EntryContent elsewhere = current.withWords(tagUnit, unitWords, before);
                    if (!elsewhere.equals(before)) {
                        byTag.putIfAbsent(field.read(content), content);
                    }
                });
            }
            layout.cacheTag(before).ifPresent(field -> byTag.remove(field.read(before)));
        }
        List<EntryContent> tagged = new ArrayList<>(List.of(before));
        tagged.addAll(byTag.values());
        return tagged;
    }

    /** Switches to a copy of the leaf: hardware reads the entry from the old leaf or from the new, all of it. */
    void swapLeaf(EntryContent target) {
        markPointOfNoReturn();
        EntryContent before = current;
        current = target;
        steps.add(new PlanStep.SwapLeaf(target));
        invalidate(CacheScope.LEAF_POINTER, before);
    }

    void invalidate(CacheScope scope, EntryContent replaced) {
        steps.add(new PlanStep.Invalidate(scope, List.of(replaced), current));
    }

    private void markPointOfNoReturn() {
        if (pointOfNoReturn < 0) {
            pointOfNoReturn = steps.size();
        }
    }
}
