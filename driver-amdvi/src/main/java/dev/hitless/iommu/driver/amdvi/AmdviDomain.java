package dev.hitless.iommu.driver.amdvi;

import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.driver.support.domain.AttachableDomain;
import dev.hitless.iommu.driver.support.track.DomainUser;
import java.util.List;

/** What this driver has to know of any domain. */
interface AmdviDomain extends AttachableDomain {
    /** The device-table entry that puts this domain behind requests without PASID. */
    DeviceTableEntry deviceTableEntry(AmdviDevice device);

    /** The GCR3 entry that puts this domain behind a PASID, or behind PASID 0; not valid if it has none. */
    default long gcr3Entry() {
        return Gcr3Table.NOT_VALID;
    }

    /** Whether it can be behind a PASID: blocked, or made of v2 tables. */
    boolean fitsPasid();

    /** Whether it can be behind requests without PASID. */
    default boolean fitsRequestsWithoutPasid() {
        return true;
    }

    /** Whether PASIDs of the device can be in use beside it, when it is behind requests without PASID. */
    boolean leavesPasids();

    /** How translations are tagged that are made for this user. */
    List<TranslationTag> tags(AmdviDevice device, Pasid pasid);

    /** Tags under which translations of this domain are cached for {@code users}. */
    default List<TranslationTag> tags(List<DomainUser> users) {
        return users.stream()
                .flatMap(user -> tags((AmdviDevice) user.device(), user.pasid()).stream())
                .distinct()
                .toList();
    }
}
