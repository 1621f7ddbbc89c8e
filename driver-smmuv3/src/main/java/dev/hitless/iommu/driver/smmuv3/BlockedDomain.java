package dev.hitless.iommu.driver.smmuv3;

import dev.hitless.iommu.api.DomainType;
import dev.hitless.iommu.driver.support.update.EntryContent;

/**
 * Nothing gets through. Behind a PASID: a context descriptor that is not valid. Without PASID: S1DSS = terminate, so that
 * PASIDs are not concerned; Config = abort for devices without substreams.
 */
final class BlockedDomain extends StaticDomain {
    BlockedDomain(Smmuv3Driver driver) {
        super(driver, DomainType.BLOCKED, "blocked");
    }

    @Override
    EntryContent streamTableEntry(Smmuv3Device device) {
        ContextTable contexts = device.contexts();
        return contexts != null && device.hasSubstreams()
                ? unit().entries().contextTable(contexts, StreamTableEntry.S1DSS_TERMINATE, device.usesAts())
                : unit().entries().abort();
    }
}
