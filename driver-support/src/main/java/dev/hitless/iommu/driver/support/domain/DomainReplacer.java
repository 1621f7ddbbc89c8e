package dev.hitless.iommu.driver.support.domain;

import dev.hitless.iommu.api.IommuDevice;
import dev.hitless.iommu.api.IommuDomain;
import dev.hitless.iommu.api.Pasid;

/** Puts domains behind PASIDs. */
@FunctionalInterface
public interface DomainReplacer {
    /** As {@link IommuDomain#setDevPasid}, of {@code target}. */
    void replace(IommuDevice device, Pasid pasid, IommuDomain old, IommuDomain target);
}
