package dev.hitless.iommu.driver.vtd;

import dev.hitless.iommu.api.DomainType;
import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.driver.support.domain.DomainOwner;
import dev.hitless.iommu.driver.support.domain.StaticDomain;

/**
 * The static identity domain: pass-through entries. They all share one domain id, since identity is the same behind
 * every PASID.
 */
final class IdentityDomain extends StaticDomain implements VtdDomain {
    private final PasidEntry entry;

    IdentityDomain(DomainOwner owner, HardwareCapabilities hardware) {
        super(owner, DomainType.IDENTITY, "identity");
        this.entry = PasidEntry.passThrough(
                RemappingUnit.IDENTITY_DOMAIN_ID,
                PasidEntry.widthCode(hardware.largestSecondStageLevels()),
                hardware.coherentPageWalk());
    }

    @Override
    public PasidEntry entry() {
        return entry;
    }

    @Override
    public TranslationTag tag(Pasid pasid) {
        return TranslationTag.firstStage(RemappingUnit.IDENTITY_DOMAIN_ID, pasid);
    }
}
