package dev.hitless.iommu.driver.smmuv3;

import dev.hitless.iommu.api.DomainType;
import dev.hitless.iommu.driver.support.domain.DomainOwner;
import dev.hitless.iommu.driver.support.domain.StaticDomain;
import dev.hitless.iommu.driver.support.update.EntryContent;

/**
 * Nothing gets through. Behind a PASID: a context descriptor that is not valid. Without PASID: S1DSS = terminate, so that
 * PASIDs are not concerned; Config = abort for devices without substreams.
 */
final class BlockedDomain extends StaticDomain implements SmmuDomain {
    private final StreamTableEntries entries;

    BlockedDomain(DomainOwner owner, StreamTableEntries entries) {
        super(owner, DomainType.BLOCKED, "blocked");
        this.entries = entries;
    }

    @Override
    public EntryContent streamTableEntry(Smmuv3Device device) {
        ContextTable contexts = device.contexts();
        return contexts != null && device.hasSubstreams()
                ? entries.contextTable(contexts, StreamTableEntry.S1DSS_TERMINATE, device.usesAts())
                : entries.abort();
    }

    @Override
    public TranslationTag tag() {
        return TranslationTag.NOTHING;
    }
}
