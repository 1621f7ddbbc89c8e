package dev.hitless.iommu.driver.amdvi;

import dev.hitless.iommu.api.DomainType;
import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.driver.support.domain.DomainOwner;
import dev.hitless.iommu.driver.support.domain.StaticDomain;
import java.util.List;

/**
 * The static identity domain, for requests without PASID: the host path with Mode 0. GIoV=0 keeps them off the GCR3 table,
 * which PASIDs use beside it.
 */
final class IdentityDomain extends StaticDomain implements AmdviDomain {
    IdentityDomain(DomainOwner owner) {
        super(owner, DomainType.IDENTITY, "identity");
    }

    @Override
    public DeviceTableEntry deviceTableEntry(AmdviDevice device) {
        return device.guestEntry(false).withHost(0, 0);
    }

    @Override
    public boolean fitsPasid() {
        return false;
    }

    @Override
    public boolean leavesPasids() {
        return true;
    }

    @Override
    public List<TranslationTag> tags(AmdviDevice device, Pasid pasid) {
        return List.of(TranslationTag.host(device.domainId()));
    }
}
