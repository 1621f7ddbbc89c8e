package dev.hitless.iommu.driver.vtd;

import dev.hitless.iommu.api.DomainType;
import dev.hitless.iommu.api.Pasid;

/** The static domain that blocks: an entry that is not present. */
final class BlockedDomain extends StaticDomain {
    BlockedDomain(VtdDriver driver) {
        super(driver, DomainType.BLOCKED, "blocked");
    }

    @Override
    PasidEntry entry() {
        return PasidEntry.NOT_PRESENT;
    }

    @Override
    TranslationTag tag(Pasid pasid) {
        return TranslationTag.firstStage(RemappingUnit.NOBODYS_DOMAIN_ID, pasid);
    }
}
