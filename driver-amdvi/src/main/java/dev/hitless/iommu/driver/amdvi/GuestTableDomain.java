package dev.hitless.iommu.driver.amdvi;

import dev.hitless.iommu.api.DomainType;
import dev.hitless.iommu.api.Pasid;
import java.util.List;

/** A domain of v2 tables, ours or the CPU's: a GCR3 entry leads there. */
abstract class GuestTableDomain extends AmdviDomain {
    GuestTableDomain(AmdviDriver driver, DomainType type, String name) {
        super(driver, type, name);
    }

    @Override
    abstract long gcr3Entry();

    @Override
    final DeviceTableEntry deviceTableEntry(AmdviDevice device) {
        return device.guestEntry(true);
    }

    @Override
    final boolean fitsPasid() {
        return true;
    }

    @Override
    final boolean leavesPasids() {
        return true;
    }

    @Override
    final List<TranslationTag> tags(AmdviDevice device, Pasid pasid) {
        return List.of(TranslationTag.guest(device.domainId(), pasid));
    }
}
