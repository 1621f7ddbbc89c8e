package dev.hitless.iommu.driver.smmuv3;

import dev.hitless.iommu.driver.support.update.EntryContent;
import java.util.List;

/**
 * What a search came to.
 *
 * @param contents one store apart; empty if there is no way
 * @param waits those that are waited for
 * @param tried contents that were looked at
 */
record StreamTableEntryRoute(List<EntryContent> contents, List<EntryContent> waits, int tried) {
    boolean exists() {
        return !contents.isEmpty();
    }

    int stores() {
        return contents.size() - 1;
    }
}
