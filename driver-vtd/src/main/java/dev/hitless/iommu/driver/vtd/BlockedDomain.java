package dev.hitless.iommu.driver.vtd;

import dev.hitless.iommu.api.DomainType;
import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.driver.support.domain.DomainOwner;
import dev.hitless.iommu.driver.support.domain.StaticDomain;

/** The static domain that blocks: an entry that is not present. */
final class BlockedDomain extends StaticDomain implements VtdDomain {
    BlockedDomain(DomainOwner owner) {
        super(owner, DomainType.BLOCKED, "blocked");
    }

    @Override
    public PasidEntry entry() {
        return PasidEntry.NOT_PRESENT;
    }

    @Override
    public TranslationTag tag(Pasid pasid) {
        return TranslationTag.firstStage(RemappingUnit.NOBODYS_DOMAIN_ID, pasid);
    }
}
