package dev.hitless.iommu.driver.amdvi;

import dev.hitless.iommu.api.DomainType;
import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.driver.support.domain.DomainOwner;
import dev.hitless.iommu.driver.support.domain.StaticDomain;
import java.util.List;

/**
 * The static domain that blocks: a GCR3 entry that is not valid. Requests without PASID are sent there too, as PASID 0, so
 * that PASIDs can live beside; a device without a GCR3 table has V=1, TV=0 instead.
 */
final class BlockedDomain extends StaticDomain implements AmdviDomain {
    BlockedDomain(DomainOwner owner) {
        super(owner, DomainType.BLOCKED, "blocked");
    }

    @Override
    public DeviceTableEntry deviceTableEntry(AmdviDevice device) {
        return device.guestEntry(true);
    }

    @Override
    public boolean fitsPasid() {
        return true;
    }

    @Override
    public boolean leavesPasids() {
        return true;
    }

    @Override
    public List<TranslationTag> tags(AmdviDevice device, Pasid pasid) {
        return List.of(TranslationTag.guest(device.domainId(), pasid));
    }
}
