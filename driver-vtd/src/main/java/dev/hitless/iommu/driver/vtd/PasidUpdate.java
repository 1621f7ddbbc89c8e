package dev.hitless.iommu.driver.vtd;

import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.api.ReplacePlan;
import dev.hitless.iommu.driver.support.update.EntryInvalidator;
import dev.hitless.iommu.driver.support.update.LeafSwap;
import dev.hitless.iommu.driver.support.update.PlanExecutor;
import dev.hitless.iommu.driver.support.update.UpdateInterruptedException;
import dev.hitless.iommu.driver.support.update.UpdatePlan;
import org.jspecify.annotations.Nullable;

/** A change of one PASID entry, ready to be carried out, with all the memory that it needs. */
final class PasidUpdate {
    private final PasidDirectory directory;
    private final Pasid pasid;
    private final UpdatePlan plan;
    private final @Nullable LeafSwap swap;
    private final PlanExecutor executor;
    private final EntryInvalidator invalidator;

    /** @param swap the new leaf, if the plan swaps leaves */
    PasidUpdate(
            PasidDirectory directory,
            Pasid pasid,
            UpdatePlan plan,
            @Nullable LeafSwap swap,
            PlanExecutor executor,
            EntryInvalidator invalidator) {
        this.directory = directory;
        this.pasid = pasid;
        this.plan = plan;
        this.swap = swap;
        this.executor = executor;
        this.invalidator = invalidator;
    }

    /** Which way it goes. */
    ReplacePlan kind() {
        return plan.kind();
    }

    /** The plan itself. */
    UpdatePlan plan() {
        return plan;
    }

    /** Gives its memory back, unused. */
    void abandon() {
        if (swap != null) {
            swap.abandon();
        }
    }

    /**
     * Carries it out. On return nothing of the old content is cached.
     *
     * @throws UpdateInterruptedException if the hardware did not do an invalidation; if the old content is still in force
     *     then, the memory has been given back
     */
    void carryOut() {
        if (swap == null) {
            executor.execute(plan, directory.entryAddress(pasid), invalidator);
            return;
        }
        long entryOffset = directory.entryAddress(pasid) - directory.leaf(pasid);
        try {
            swap.execute(
                    executor,
                    plan,
                    entryOffset,
                    directory.pointerAddress(pasid),
                    PasidDirectory.pointerTo(swap.newLeaf()),
                    invalidator);
            directory.replacedLeaf(pasid, swap.newLeaf());
        } catch (UpdateInterruptedException e) {
            if (e.oldStillInForce()) {
                swap.abandon();
            } else {
                directory.retiredLeaf(pasid, swap.newLeaf());
            }
            throw e;
        }
    }
}
