package dev.hitless.iommu.driver.smmuv3;

import dev.hitless.iommu.driver.support.update.EntryInvalidator;
import dev.hitless.iommu.driver.support.update.LeafSwap;
import dev.hitless.iommu.driver.support.update.PlanExecutor;
import dev.hitless.iommu.driver.support.update.UpdateInterruptedException;
import dev.hitless.iommu.driver.support.update.UpdatePlan;
import org.jspecify.annotations.Nullable;

/** A change of one entry, ready to be carried out, with all the memory that it needs. */
final class EntryUpdate {
    private final EntryPlace place;
    private final UpdatePlan plan;
    private final @Nullable LeafSwap swap;
    private final PlanExecutor executor;
    private final EntryInvalidator invalidator;

    /** @param swap the new leaf, if the plan swaps leaves */
    EntryUpdate(
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

    UpdatePlan plan() {
        return plan;
    }

    /** Where the leaf will be afterwards. */
    long leafAfterwards(long leafBefore) {
        return swap == null ? leafBefore : swap.newLeaf();
    }

    /** Gives its memory back, unused. */
    void abandon() {
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
    void carryOut() {
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
