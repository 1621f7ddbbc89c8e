package dev.hitless.iommu.driver.support.update;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Derives every content that hardware could act on while a plan is carried out: any mixture of units read at different
 * times, from memory or from a copy that no invalidation has forbidden, with stores that become visible late. It knows
 * nothing of how the plan was made.
 *
 * <p>For proving plans, not for carrying them out: the work grows with the product of the units' versions.
 */
public final class PlanChecker {
    /**
     * Something that hardware could act on.
     *
     * @param step index of the step after which it could, -1 for before the first
     * @param content what it read
     */
    public record View(int step, EntryContent content) {}

    private final EntryLayout layout;
    private final FetchModel model;

    public PlanChecker(EntryLayout layout, FetchModel model) {
        this.layout = layout;
        this.model = model;
    }

    /** Every view, step by step. */
    public Set<View> views(UpdatePlan plan) {
        boolean swapsLeaf = plan.steps().stream().anyMatch(PlanStep.SwapLeaf.class::isInstance);
        if (swapsLeaf && model.quantumWords() != layout.words()) {
            // An entry is read through one value of the pointer, so all of it comes from one leaf; neither leaf
            // changes.
            return new PlanChecker(layout, model.readWhole(layout.words())).views(plan);
        }
        EntryHistory history = new EntryHistory(layout, plan);
        Set<View> views = new LinkedHashSet<>();
        for (int instant = -1; instant < plan.steps().size(); instant++) {
            for (EntryContent content : usableAt(plan, history, instant)) {
                views.add(new View(instant, content));
            }
        }
        return views;
    }

    /** The views that {@code allowed} does not take; empty if all is well. */
    public List<View> rejected(UpdatePlan plan, Predicate<EntryContent> allowed) {
        return views(plan).stream()
                .filter(view -> !allowed.test(view.content()))
                .toList();
    }

    /** The views in which hardware acts neither like the old content nor like the new one. */
    public List<View> torn(UpdatePlan plan) {
        return rejected(plan, content -> actsLike(content, plan.from(), plan) || actsLike(content, plan.to(), plan));
    }

    /** The views after the last step in which hardware does not act like the new content yet. */
    public List<View> stale(UpdatePlan plan) {
        int last = plan.steps().size() - 1;
        return rejected(plan, content -> actsLike(content, plan.to(), plan)).stream()
                .filter(view -> view.step() == last)
                .toList();
    }

    /** Whether hardware, having read {@code content}, does what {@code reference} says, but for bits that may be mixed. */
    private boolean actsLike(EntryContent content, EntryContent reference, UpdatePlan plan) {
        EntryContent mayMix = layout.harmless(plan.from(), plan.to())
                .and(layout.used(plan.from()))
                .and(layout.used(plan.to()));
        EntryContent decisive = layout.used(reference).andNot(mayMix);
        return content.xor(reference).and(decisive).isZero();
    }

    /**
     * What can be used at {@code instant}. A copy whose units were all read at {@code oldest} or later may be used unless an
     * invalidation that covers it came after {@code oldest}.
     */
    private Set<EntryContent> usableAt(UpdatePlan plan, EntryHistory history, int instant) {
        Set<EntryContent> usable = new LinkedHashSet<>();
        for (int oldest = -1; oldest <= instant; oldest++) {
            boolean windowStarts = oldest == -1 || plan.steps().get(oldest) instanceof PlanStep.Invalidate;
            if (!windowStarts) {
                continue;
            }
            for (EntryContent content : fetched(history, oldest, instant)) {
                if (!droppedBetween(plan, content, oldest, instant)) {
                    usable.add(content);
                }
            }
        }
        return usable;
    }

    private boolean droppedBetween(UpdatePlan plan, EntryContent copy, int after, int until) {
        for (int i = after + 1; i <= until; i++) {
            if (plan.steps().get(i) instanceof PlanStep.Invalidate invalidate && covers(invalidate, copy)) {
                return true;
            }
        }
        return false;
    }

    private boolean covers(PlanStep.Invalidate invalidate, EntryContent copy) {
        if (invalidate.scope() == CacheScope.LEAF_POINTER) {
            return true;
        }
        if (invalidate.scope() != CacheScope.CONFIGURATION) {
            return false;
        }
        // A copy that is not valid carries no tag; it is read anew each time.
        return !layout.copiesTagged()
                || !model.isValid(copy)
                || invalidate.tagged().stream().anyMatch(content -> tag(content) == tag(copy));
    }

    private long tag(EntryContent content) {
        return layout.cacheTag(content).map(field -> field.read(content)).orElse(-1L);
    }

    /** Every mixture of quanta read in [oldest, newest]. */
    private Set<EntryContent> fetched(EntryHistory history, int oldest, int newest) {
        boolean validFirst = model.order() == FetchModel.Order.VALID_FIRST;
        // Each value of the quantum with the valid bit, with the earliest instant at which it can be read: the earlier,
        // the more the other quanta can be.
        Map<EntryContent, Integer> starts = new LinkedHashMap<>();
        for (int instant = oldest; instant <= newest; instant++) {
            for (EntryContent start : readQuantum(history, model.validQuantum(), instant)) {
                starts.putIfAbsent(start, instant);
            }
        }
        Set<EntryContent> results = new LinkedHashSet<>();
        starts.forEach((start, instant) -> {
            if (validFirst && !model.isValid(start)) {
                results.add(start);
            } else {
                results.addAll(withOtherQuanta(history, start, validFirst ? instant : oldest, newest));
            }
        });
        return results;
    }

    private Set<EntryContent> withOtherQuanta(EntryHistory history, EntryContent start, int oldest, int newest) {
        Set<EntryContent> partial = Set.of(start);
        for (int quantum = 0; quantum < layout.words() / model.quantumWords(); quantum++) {
            if (quantum != model.validQuantum()) {
                partial = withQuantum(history, partial, quantum, oldest, newest);
            }
        }
        return partial;
    }

    private Set<EntryContent> withQuantum(
            EntryHistory history, Set<EntryContent> partial, int quantum, int oldest, int newest) {
        Set<EntryContent> values = new LinkedHashSet<>();
        for (int instant = oldest; instant <= newest; instant++) {
            values.addAll(readQuantum(history, quantum, instant));
        }
        Set<EntryContent> extended = new LinkedHashSet<>();
        for (EntryContent content : partial) {
            for (EntryContent value : values) {
                extended.add(content.withWords(quantum * model.quantumWords(), model.quantumWords(), value));
            }
        }
        return extended;
    }

    private List<EntryContent> readQuantum(EntryHistory history, int quantum, int instant) {
        return history.readable(quantum * model.quantumWords(), model.quantumWords(), instant);
    }
}
