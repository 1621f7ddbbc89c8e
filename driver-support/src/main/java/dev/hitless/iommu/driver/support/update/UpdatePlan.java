package dev.hitless.iommu.driver.support.update;

import dev.hitless.iommu.api.ReplacePlan;
import java.util.List;

/**
 * How one entry gets from one content to another: data, to be printed, counted and checked before it is carried out.
 *
 * @param entry name of the layout
 * @param kind which way it goes
 * @param from content of the entry before
 * @param to content of the entry afterwards
 * @param hitless whether hardware acts on {@code from} or on {@code to} at every instant, and on nothing else
 * @param pointOfNoReturn index of the first step after which hardware may act on something else than {@code from}; the
 *     number of steps if there is none
 * @param steps in order
 */
public record UpdatePlan(
        String entry,
        ReplacePlan kind,
        EntryContent from,
        EntryContent to,
        boolean hitless,
        int pointOfNoReturn,
        List<PlanStep> steps) {
    public UpdatePlan {
        steps = List.copyOf(steps);
    }

    /** Stores to the entry. */
    public int stores() {
        return (int) steps.stream().filter(PlanStep.StoreUnit.class::isInstance).count();
    }

    /** Invalidations of {@code scope}, each of them waited for. */
    public int syncs(CacheScope scope) {
        return (int) steps.stream()
                .filter(step -> step instanceof PlanStep.Invalidate invalidate && invalidate.scope() == scope)
                .count();
    }

    /** Invalidations of the entry itself: what Linux counts as syncs. */
    public int syncs() {
        return syncs(CacheScope.CONFIGURATION);
    }

    /** One line for each step. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        text.append(entry)
                .append(' ')
                .append(from)
                .append(" -> ")
                .append(to)
                .append(": ")
                .append(kind.label());
        text.append(hitless ? ", hitless" : ", not hitless");
        for (int i = 0; i < steps.size(); i++) {
            text.append(String.format("%n%3d  %s", i + 1, steps.get(i)));
        }
        return text.toString();
    }
}
