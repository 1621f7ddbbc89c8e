package dev.hitless.iommu.driver.vtd;

import dev.hitless.iommu.driver.support.update.EntryContent;
import java.util.List;

/**
 * What an update of a PASID entry left behind when the hardware stopped answering: to be cleaned up by the next one.
 *
 * @param possiblyCached contents that the hardware may still hold copies and translations of
 * @param lingering domains that may still be cached, though not attached: they keep the PASID as their user
 */
record InterruptedUpdate(List<EntryContent> possiblyCached, List<VtdDomain> lingering) {
    InterruptedUpdate {
        possiblyCached = List.copyOf(possiblyCached);
        lingering = List.copyOf(lingering);
    }
}
