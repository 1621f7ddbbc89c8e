package dev.hitless.iommu.driver.vtd;

import dev.hitless.iommu.api.DomainType;
import dev.hitless.iommu.api.Pasid;

/**
 * The static identity domain: pass-through entries. They all share one domain id, since identity is the same behind
 * every PASID.
 */
final class IdentityDomain extends StaticDomain {
    private final PasidEntry entry;

    IdentityDomain(VtdDriver driver, HardwareCapabilities hardware) {
        super(driver, DomainType.IDENTITY, "identity");
        this.entry = PasidEntry.passThrough(
                RemappingUnit.IDENTITY_DOMAIN_ID,
                PasidEntry.widthCode(hardware.largestSecondStageLevels()),
                hardware.coherentPageWalk());
    }

    @Override
    PasidEntry entry() {
        return entry;
    }

    @Override
    TranslationTag tag(Pasid pasid) {
        return TranslationTag.firstStage(RemappingUnit.IDENTITY_DOMAIN_ID, pasid);
    }
}
