package dev.hitless.iommu.driver.amdvi;

import dev.hitless.iommu.api.DomainType;
import dev.hitless.iommu.api.Pasid;
import java.util.List;

/**
 * The static domain that blocks: a GCR3 entry that is not valid. Requests without PASID are sent there too, as PASID 0, so
 * that PASIDs can live beside; a device without a GCR3 table has V=1, TV=0 instead.
 */
final class BlockedDomain extends StaticDomain {
    BlockedDomain(AmdviDriver driver) {
        super(driver, DomainType.BLOCKED, "blocked");
    }

    @Override
    DeviceTableEntry deviceTableEntry(AmdviDevice device) {
        return device.guestEntry(true);
    }

    @Override
    boolean fitsPasid() {
        return true;
    }

    @Override
    List<TranslationTag> tags(AmdviDevice device, Pasid pasid) {
        return List.of(TranslationTag.guest(device.domainId(), pasid));
    }
}
