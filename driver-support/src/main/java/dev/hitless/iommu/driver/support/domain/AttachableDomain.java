package dev.hitless.iommu.driver.support.domain;

import dev.hitless.iommu.api.IommuDevice;
import dev.hitless.iommu.api.IommuDomain;
import dev.hitless.iommu.api.Pasid;

/** A domain that knows where it is used. */
public interface AttachableDomain extends IommuDomain {
    /**
     * Makes {@code pasid} a user, before hardware hears of the domain: from now on an unmap is invalidated for it too.
     *
     * @throws dev.hitless.iommu.api.IommuException EINVAL if the domain was freed
     */
    void join(IommuDevice device, Pasid pasid);

    /** Takes {@code pasid} off, after hardware has forgotten the domain. */
    void leave(IommuDevice device, Pasid pasid);

    /** Throws EINVAL if the domain was freed. */
    void requireNotFreed();
}
