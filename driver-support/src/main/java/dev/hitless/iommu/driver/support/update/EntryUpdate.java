package dev.hitless.iommu.driver.support.update;

import org.jspecify.annotations.Nullable;

/** A change of one entry, ready to be carried out, with all the memory that it needs. */
public final class EntryUpdate {
    private final EntryPlace place;
    private final UpdatePlan plan;
    private final @Nullable LeafSwap swap;
    private final PlanExecutor executor;
    private final EntryInvalidator invalidator;

    /** @param swap the new leaf, if the plan swaps leaves */
    public EntryUpdate(
            EntryPlace place,
            UpdatePlan plan,
            @Nullable LeafSwap swap,
            PlanExecutor executor,
            EntryInvalidator invalidator) {
        this.place = place;
        this.plan = plan;
        this.swap = swap;
        this.executor = executor;
        this.invalidator = invalidator;
    }

    /** The plan. */
    public UpdatePlan plan() {
        return plan;
    }

    /** Where the leaf will be afterwards. */
    public long leafAfterwards(long leafBefore) {
        return swap == null ? leafBefore : swap.newLeaf();
    }

    /** Gives its memory back, unused. */
    public void abandon() {
        if (swap != null) {
            swap.abandon();
        }
    }

    /**
     * Carries it out. On return hardware holds no copy of the old content; translations that came of it are another
     * matter.
     *
     * @throws UpdateInterruptedException if hardware did not do an invalidation; if the old content is still in force then,
     *     the memory has been given back
     */
    public void carryOut() {
        if (swap == null) {
            executor.execute(plan, place.leaf() + place.offset(), invalidator);
            return;
        }
        long newLeaf = swap.newLeaf();
        try {
            swap.execute(executor, plan, place.offset(), place.pointerAddress(), place.pointerTo(newLeaf), invalidator);
            place.replacedBy(newLeaf);
        } catch (UpdateInterruptedException e) {
            if (e.oldStillInForce()) {
                swap.abandon();
            } else {
                place.movedTo(newLeaf);
            }
            throw e;
        }
    }
}
