package dev.hitless.iommu.driver.vtd;

import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.driver.support.domain.AttachableDomain;
import dev.hitless.iommu.driver.support.track.DomainUser;
import java.util.List;

/** What this driver has to know of any domain. */
interface VtdDomain extends AttachableDomain {
    /** The entry that puts this domain behind a PASID; the same for all PASIDs. */
    PasidEntry entry();

    /** How the translations made for {@code pasid} are tagged. */
    TranslationTag tag(Pasid pasid);

    /** Tags under which translations of this domain are cached for {@code users}. */
    default List<TranslationTag> tags(List<DomainUser> users) {
        return users.stream().map(user -> tag(user.pasid())).distinct().toList();
    }
}
