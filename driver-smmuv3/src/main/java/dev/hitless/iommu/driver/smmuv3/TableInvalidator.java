package dev.hitless.iommu.driver.smmuv3;

import dev.hitless.iommu.driver.support.pagetable.TranslationInvalidator;
import dev.hitless.iommu.driver.support.pagetable.UnmapGather;
import java.util.List;

/**
 * Tells hardware what was unmapped in a domain's table: first the SMMU, then the devices of all users. Descriptors that are
 * not valid are never cached in the TLB, so there is nothing to do after a map.
 */
final class TableInvalidator implements TranslationInvalidator {
    private final SmmuDomain domain;

    TableInvalidator(SmmuDomain domain) {
        this.domain = domain;
    }

    @Override
    public void unmapped(UnmapGather gather) {
        List<AddressSpan> spans = gather.ranges().stream()
                .map(range -> AddressSpan.covering(range.iova(), range.lengthBytes()))
                .toList();
        domain.users().with(users -> {
            if (!users.isEmpty()) {
                domain.unit().invalidations().pages(domain.tag(), gather);
                domain.unit().invalidations().devices(users, spans);
            }
        });
    }
}
