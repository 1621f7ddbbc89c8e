package dev.hitless.iommu.driver.support.update;

import java.util.List;

/** Questions that tests ask of plans. */
final class Plans {
    private Plans() {}

    /** What the entry holds when the plan is through, store by store. */
    static EntryContent contentAfter(UpdatePlan plan) {
        EntryContent content = plan.from();
        for (PlanStep step : plan.steps()) {
            if (step instanceof PlanStep.StoreUnit store) {
                content = content.withWords(store.firstWord(), store.words(), store.content());
            } else if (step instanceof PlanStep.SwapLeaf swap) {
                content = swap.content();
            }
        }
        return content;
    }

    /** Views that are neither old nor new, though requests get through. */
    static List<PlanChecker.View> tornAndNotBlocked(PlanChecker checker, EntryLayout layout, UpdatePlan plan) {
        return checker.torn(plan).stream()
                .filter(view -> layout.isLive(view.content()))
                .toList();
    }

    /** The plan without step {@code index}. */
    static UpdatePlan without(UpdatePlan plan, int index) {
        List<PlanStep> steps = new java.util.ArrayList<>(plan.steps());
        steps.remove(index);
        return new UpdatePlan(
                plan.entry(), plan.kind(), plan.from(), plan.to(), plan.hitless(), plan.pointOfNoReturn(), steps);
    }
}
