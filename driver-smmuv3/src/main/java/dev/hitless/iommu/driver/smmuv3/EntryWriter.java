package dev.hitless.iommu.driver.smmuv3;

import dev.hitless.iommu.api.ReplacePlan;
import dev.hitless.iommu.driver.support.memory.EntryMemory;
import dev.hitless.iommu.driver.support.update.EntryContent;
import dev.hitless.iommu.driver.support.update.EntryInvalidator;
import dev.hitless.iommu.driver.support.update.EntryLayout;
import dev.hitless.iommu.driver.support.update.EntryPlace;
import dev.hitless.iommu.driver.support.update.EntryUpdate;
import dev.hitless.iommu.driver.support.update.LeafSwap;
import dev.hitless.iommu.driver.support.update.PlanExecutor;
import dev.hitless.iommu.driver.support.update.PlanOptions;
import dev.hitless.iommu.driver.support.update.UpdatePlan;
import dev.hitless.iommu.driver.support.update.UpdatePlanner;
import java.util.List;
import java.util.Set;

/**
 * Changes entries of one kind that hardware may be reading.
 *
 * <p>Where one word makes the difference, it is switched <em>in place</em>. Everything else is a <em>leaf swap</em>: ASID
 * and TTB0 of a context descriptor lie in different words, and so do Config, VMID and S2TTB of a stream table entry,
 * while the leaf as a whole hangs on one 64-bit word: L1CD, L1STD, or the S1ContextPtr of a linear table.
 *
 * <p>A transit ASID or VMID is never used: translations of old and new would meet under it, which is a TLB conflict where
 * they differ in block size (5.4.1).
 */
class EntryWriter {
    /** Translations are dropped when all entries of a change are through, not after each. */
    private static final PlanOptions OPTIONS = PlanOptions.DEFAULT.withFinalInvalidations(Set.of());

    private final EntryMemory tables;
    private final EntryLayout layout;
    private final UpdatePlanner planner;
    private final PlanExecutor executor;

    EntryWriter(EntryMemory tables, EntryLayout layout) {
        this.tables = tables;
        this.layout = layout;
        // Hardware may read single words, so storing two at once would prove nothing.
        this.planner = new UpdatePlanner(layout, false);
        // The command queue has tried as often as it makes sense.
        this.executor = new PlanExecutor(tables.memory(), 1);
    }

    /** How {@code live} becomes {@code target}. */
    UpdatePlan plan(EntryContent live, EntryContent target, boolean swappable, boolean interrupted) {
        PlanOptions options = swappable ? OPTIONS.withLeafSwap() : OPTIONS;
        return planner.plan(live, target, interrupted ? options.withPossiblyCached(List.of(live)) : options);
    }

    /** What {@code place} holds. */
    EntryContent load(EntryPlace place) {
        return EntryContent.load(tables.memory(), place.leaf() + place.offset(), layout.words());
    }

    /**
     * Gets everything ready for the entry to become {@code target}. Writes nothing yet.
     *
     * @param leafThen where the leaf will be when it comes to this change: {@code place.leaf()}, unless an earlier one of
     *     the same series moves it
     * @param interrupted whether an earlier change did not get through, so that hardware may hold copies of anything
     * @throws dev.hitless.iommu.api.IommuException ENOMEM
     */
    EntryUpdate prepare(
            EntryPlace place, long leafThen, EntryContent target, boolean interrupted, EntryInvalidator invalidator) {
        UpdatePlan plan = plan(load(place), target, place.isSwappable(), interrupted);
        LeafSwap swap = plan.kind() == ReplacePlan.LEAF_SWAP
                ? LeafSwap.prepare(tables.memory(), leafThen, place.leafBytes(), tables.isCoherent())
                : null;
        return new EntryUpdate(place, plan, swap, executor, invalidator);
    }
}
