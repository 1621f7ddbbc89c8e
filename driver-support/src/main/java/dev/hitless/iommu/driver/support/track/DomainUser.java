package dev.hitless.iommu.driver.support.track;

import dev.hitless.iommu.api.IommuDevice;
import dev.hitless.iommu.api.Pasid;

/**
 * One place where a domain's translations may be cached.
 *
 * @param device compared by identity, as devices are
 */
public record DomainUser(IommuDevice device, Pasid pasid) {
    @Override
    public String toString() {
        return device.name() + ", " + pasid;
    }
}
