package dev.hitless.iommu.core;

import dev.hitless.iommu.api.DriverOptions;
import dev.hitless.iommu.api.IommuDriver;
import dev.hitless.iommu.api.IommuDriverProvider;
import dev.hitless.iommu.api.platform.Platform;

/**
 * A driver that can be brought up. What the provider says of itself was asked once, when it was found.
 *
 * @param id unique in the catalogue
 * @param vendor who makes the hardware
 * @param contractVersion version of the contract that it was built against
 * @param hardware what it drives, for people
 * @param hardwareFamily key of the hardware models that can stand in for the hardware
 * @param providerClass name of the provider's class
 * @param location jar or directory that the class came from
 * @param provider makes drivers
 */
public record FoundDriver(
        String id,
        String vendor,
        String contractVersion,
        String hardware,
        String hardwareFamily,
        String providerClass,
        String location,
        IommuDriverProvider provider) {

    /**
     * Brings up the IOMMU behind {@code platform}.
     *
     * @throws dev.hitless.iommu.api.IommuException what {@link IommuDriverProvider#create} throws
     */
    public IommuDriver create(Platform platform, DriverOptions options) {
        return provider.create(platform, options);
    }
}
