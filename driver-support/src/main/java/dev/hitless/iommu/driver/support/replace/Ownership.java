package dev.hitless.iommu.driver.support.replace;

import dev.hitless.iommu.api.Errno;
import dev.hitless.iommu.api.IommuDevice;
import dev.hitless.iommu.api.IommuDomain;
import dev.hitless.iommu.api.IommuDriver;
import dev.hitless.iommu.api.IommuException;

/**
 * What one driver instance made.
 *
 * @param <V> its devices
 * @param <D> its domains
 */
public record Ownership<V extends IommuDevice, D extends IommuDomain>(
        IommuDriver driver, Class<V> deviceClass, Class<D> domainClass) {
    /** {@code device}, if this driver probed it. Throws EINVAL. */
    public V requireOurs(IommuDevice device) {
        if (deviceClass.isInstance(device) && device.driver() == driver) {
            return deviceClass.cast(device);
        }
        throw new IommuException(Errno.EINVAL, "device " + device.name() + " was not probed by this driver instance");
    }

    /** {@code domain}, if this driver made it. Throws EINVAL. */
    public D requireOurs(IommuDomain domain) {
        if (domainClass.isInstance(domain) && domain.driver() == driver) {
            return domainClass.cast(domain);
        }
        throw new IommuException(Errno.EINVAL, "domain " + domain.name() + " was not made by this driver instance");
    }
}
