package dev.hitless.iommu.driver.vtd;

import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.api.ReplacePlan;
import dev.hitless.iommu.driver.support.memory.EntryMemory;
import dev.hitless.iommu.driver.support.update.CacheScope;
import dev.hitless.iommu.driver.support.update.EntryContent;
import dev.hitless.iommu.driver.support.update.EntryInvalidator;
import dev.hitless.iommu.driver.support.update.EntryPlace;
import dev.hitless.iommu.driver.support.update.EntryUpdate;
import dev.hitless.iommu.driver.support.update.LeafSwap;
import dev.hitless.iommu.driver.support.update.PlanExecutor;
import dev.hitless.iommu.driver.support.update.PlanOptions;
import dev.hitless.iommu.driver.support.update.UpdatePlan;
import dev.hitless.iommu.driver.support.update.UpdatePlanner;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * Changes PASID entries that hardware may be reading.
 *
 * <p>Where one 128-bit piece makes the difference, it is switched <em>in place</em>. Everything else is a <em>leaf
 * swap</em>: domain id and first-stage root lie in different pieces, and so do the two roots of a nested domain, while
 * the leaf as a whole hangs on one 64-bit word of the directory.
 *
 * <p>A transit tag is never used here. It would need an id that may be used up, three switches with two waits each
 * instead of one, an unmap in either domain would have to reach the third tag too, and it could not do nested domains,
 * whose parts may not be mixed under any tag. The leaf swap costs a copy of 4 KiB and drops all PASID entries from the
 * cache once. The first 63 PASIDs share their leaf with requests without PASID, to which the same applies: they read the
 * same entry from either leaf.
 */
class PasidTableWriter {
    private static final PlanOptions LEAF_SWAP_ALLOWED = PlanOptions.DEFAULT.withLeafSwap();

    private final EntryMemory tables;
    private final Invalidations invalidations;
    private final boolean cachingMode;
    private final UpdatePlanner planner;
    private final PlanExecutor executor;

    PasidTableWriter(EntryMemory tables, Invalidations invalidations, boolean cachingMode) {
        this.tables = tables;
        this.invalidations = invalidations;
        this.cachingMode = cachingMode;
        this.planner = new UpdatePlanner(
                new PasidEntryLayout(tables.isCoherent()), tables.memory().hasStore128());
        // The queue has tried as often as it makes sense.
        this.executor = new PlanExecutor(tables.memory(), 1);
    }

    /**
     * Gets everything ready for {@code pasid}, which has a leaf, to become {@code target}. Writes nothing yet.
     *
     * @throws dev.hitless.iommu.api.IommuException ENOMEM
     */
    EntryUpdate prepare(VtdDevice device, Pasid pasid, PasidEntry target) {
        EntryPlace place = device.directory().place(pasid);
        EntryContent live = EntryContent.load(tables.memory(), place.leaf() + place.offset(), PasidEntry.WORDS);
        List<EntryContent> possiblyCached = device.interrupted().possiblyCached(pasid);
        PlanOptions options = LEAF_SWAP_ALLOWED
                .withPossiblyCached(possiblyCached)
                .withFinalInvalidations(finalInvalidations(live, possiblyCached));
        UpdatePlan plan = plan(live, PasidEntryLayout.content(target), options);
        EntryInvalidator invalidator = invalidator(device, pasid, target);
        LeafSwap swap = plan.kind() == ReplacePlan.LEAF_SWAP
                ? LeafSwap.prepare(tables.memory(), place.leaf(), place.leafBytes(), tables.isCoherent())
                : null;
        return new EntryUpdate(place, plan, swap, executor, invalidator);
    }

    /** Nothing can be cached of an entry that was not present, unless hardware caches those too. */
    private Set<CacheScope> finalInvalidations(EntryContent live, List<EntryContent> possiblyCached) {
        if (PasidEntryLayout.entry(live).isPresent() || !possiblyCached.isEmpty()) {
            return EnumSet.of(CacheScope.TRANSLATION, CacheScope.DEVICE);
        }
        return cachingMode ? EnumSet.of(CacheScope.TRANSLATION) : EnumSet.noneOf(CacheScope.class);
    }

    /** How to get there. */
    UpdatePlan plan(EntryContent live, EntryContent target, PlanOptions options) {
        return planner.plan(live, target, options);
    }

    /** What to drop on the way. */
    EntryInvalidator invalidator(VtdDevice device, Pasid pasid, PasidEntry target) {
        return new PasidEntryInvalidator(invalidations, cachingMode, device, pasid, target);
    }
}
