package dev.hitless.iommu.driver.smmuv3;

import dev.hitless.iommu.api.DomainType;
import dev.hitless.iommu.driver.support.domain.DomainOwner;
import dev.hitless.iommu.driver.support.domain.StaticDomain;
import dev.hitless.iommu.driver.support.update.EntryContent;

/**
 * Requests without PASID are not translated: S1DSS = bypass, so that PASIDs, and ATS, are not concerned; Config = bypass for
 * devices without substreams. A PASID always has a context descriptor and cannot have this.
 */
final class IdentityDomain extends StaticDomain implements SmmuDomain {
    private final StreamTableEntries entries;

    IdentityDomain(DomainOwner owner, StreamTableEntries entries) {
        super(owner, DomainType.IDENTITY, "identity");
        this.entries = entries;
    }

    @Override
    public EntryContent streamTableEntry(Smmuv3Device device) {
        ContextTable contexts = device.contexts();
        return contexts != null && device.hasSubstreams()
                ? entries.contextTable(contexts, StreamTableEntry.S1DSS_BYPASS, device.usesAts())
                : entries.bypass();
    }

    @Override
    public TranslationTag tag() {
        return TranslationTag.NOTHING;
    }
}
