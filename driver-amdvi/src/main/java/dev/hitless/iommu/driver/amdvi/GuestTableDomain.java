package dev.hitless.iommu.driver.amdvi;

import dev.hitless.iommu.api.Pasid;
import java.util.List;

/** A domain of v2 tables, ours or the CPU's: a GCR3 entry leads there. */
interface GuestTableDomain extends AmdviDomain {
    @Override
    long gcr3Entry();

    @Override
    default DeviceTableEntry deviceTableEntry(AmdviDevice device) {
        return device.guestEntry(true);
    }

    @Override
    default boolean fitsPasid() {
        return true;
    }

    @Override
    default boolean leavesPasids() {
        return true;
    }

    @Override
    default List<TranslationTag> tags(AmdviDevice device, Pasid pasid) {
        return List.of(TranslationTag.guest(device.domainId(), pasid));
    }
}
