package dev.hitless.iommu.api;

import dev.hitless.iommu.api.platform.Platform;

/**
 * Makes drivers of one kind. Implement it in a public final class with a public constructor without parameters, that
 * does nothing, and name the class in {@code META-INF/services/dev.hitless.iommu.api.IommuDriverProvider}. Called by
 * the driver catalogue of the core.
 */
public interface IommuDriverProvider {
    /** Short id, lower case letters, digits and hyphens, unique among all providers, for example {@code vtd}. */
    String id();

    /** Who makes the hardware. */
    String vendor();

    /** Return {@link IommuApi#VERSION}: the compiler copies the value, so it tells what the driver was built against. */
    String contractVersion();

    /** The hardware it drives, for people. */
    String hardware();

    /**
     * Key of the hardware family. A hardware model with the same key can stand in for the hardware.
     */
    String hardwareFamily();

    /**
     * Brings up the IOMMU behind {@code platform}: reads its capability registers, sets up its tables and queues, turns
     * translation on. All DMA is blocked afterwards, until devices are probed and given domains.
     *
     * @throws IommuException EOPNOTSUPP (hardware lacks what this driver cannot do without), EINVAL (unknown or
     *     impossible option), ENOMEM, EIO, ETIMEDOUT. All memory has been given back then.
     */
    IommuDriver create(Platform platform, DriverOptions options);
}
