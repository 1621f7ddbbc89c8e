package dev.hitless.iommu.driver.smmuv3;

import dev.hitless.iommu.api.DomainType;
import dev.hitless.iommu.driver.support.update.EntryContent;

/**
 * Requests without PASID are not translated: S1DSS = bypass, so that PASIDs, and ATS, are not concerned; Config = bypass for
 * devices without substreams. A PASID always has a context descriptor and cannot have this.
 */
final class IdentityDomain extends StaticDomain {
    IdentityDomain(Smmuv3Driver driver) {
        super(driver, DomainType.IDENTITY, "identity");
    }

    @Override
    EntryContent streamTableEntry(Smmuv3Device device) {
        ContextTable contexts = device.contexts();
        return contexts != null && device.hasSubstreams()
                ? unit().entries().contextTable(contexts, StreamTableEntry.S1DSS_BYPASS, device.usesAts())
                : unit().entries().bypass();
    }
}
