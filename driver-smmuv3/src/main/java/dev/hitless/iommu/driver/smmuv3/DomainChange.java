package dev.hitless.iommu.driver.smmuv3;

import dev.hitless.iommu.api.ReplacePlan;
import dev.hitless.iommu.driver.support.update.EntryUpdate;
import dev.hitless.iommu.driver.support.update.UpdateInterruptedException;
import java.util.List;

/**
 * All entries that change when one domain takes the place of another, in order, ready to be carried out.
 *
 * @param updates may be empty
 * @param deciding index of the update that switches; those before fill what is not looked at yet, those after clear what
 *     is not looked at any more
 */
record DomainChange(List<EntryUpdate> updates, int deciding) {
    DomainChange {
        updates = List.copyOf(updates);
    }

    /** Which way it goes. */
    ReplacePlan kind() {
        if (updates.stream().anyMatch(update -> update.plan().kind() == ReplacePlan.TRANSIT_TAG)) {
            return ReplacePlan.TRANSIT_TAG;
        }
        return updates.isEmpty()
                ? ReplacePlan.NONE
                : updates.get(deciding).plan().kind();
    }

    /** Gives its memory back, unused. */
    void abandon() {
        updates.forEach(EntryUpdate::abandon);
    }

    /**
     * Carries it out.
     *
     * @throws InterruptedChange if hardware did not do one of the invalidations
     */
    void carryOut() {
        for (int i = 0; i < updates.size(); i++) {
            try {
                updates.get(i).carryOut();
            } catch (UpdateInterruptedException e) {
                updates.subList(i + 1, updates.size()).forEach(EntryUpdate::abandon);
                throw new InterruptedChange(i == 0 && e.oldStillInForce(), e);
            }
        }
    }
}
