package dev.hitless.iommu.driver.support.update;

import dev.hitless.iommu.api.ReplacePlan;
import java.util.ArrayList;
import java.util.List;

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
     *       before step 1 and unit 0 after step 3 would be neither.
     *   <li>The critical unit, one store. A fetch returns it old, with the rest of interim: acts like the old content; or
     *       new, with the rest of interim, which agrees with {@code target} on all it uses: acts like {@code target}.
     *   <li>The wait after that: the old critical unit cannot be delivered any more.
     *   <li>Clean-up: bits that {@code target} ignores. Mixtures act like {@code target}. The wait after it is owed to the
     *       next update, which may start to use those bits and finds them set in memory, hence sets nothing ahead.
     * </ol>
     *
     * <p>With no critical unit, both contents act alike (but for bits that may be mixed), and so does every mixture.
     */
    void inPlace(EntryContent target) {
        EntryComparison comparison = EntryComparison.of(layout, unitWords, current, target);
        if (!comparison.oneStoreSwitches()) {
            throw new IllegalStateException(layout.name() + " " + current + " -> " + target + " needs "
                    + comparison.criticalUnits().size() + " units at once");
        }
        if (!comparison.criticalUnits().isEmpty()) {
            int critical = comparison.criticalUnits().get(0);
            int first = critical * unitWords;
            storeAndSync(comparison.interim().withWords(first, unitWords, current));
            markPointOfNoReturn();
            storeAndSync(current.withWords(first, unitWords, target));
        }
        storeAndSync(target);
    }

    /** Stores every unit that differs, makes the stores visible, and waits until no copy of before is left. */
    private void storeAndSync(EntryContent target) {
        EntryContent before = current;
        List<PlanStep> cleans = new ArrayList<>();
        for (int word = 0; word < layout.words(); word += unitWords) {
            if (!current.sameWords(word, unitWords, target)) {
                current = current.withWords(word, unitWords, target);
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
        invalidate(CacheScope.CONFIGURATION, before);
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
        steps.add(new PlanStep.Invalidate(scope, replaced, current));
    }

    private void markPointOfNoReturn() {
        if (pointOfNoReturn < 0) {
            pointOfNoReturn = steps.size();
        }
    }
}
