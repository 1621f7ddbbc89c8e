package dev.hitless.iommu.conformance.junit;

import dev.hitless.iommu.api.DriverOptions;
import dev.hitless.iommu.api.IommuDriver;
import dev.hitless.iommu.api.IommuDriverProvider;
import dev.hitless.iommu.api.platform.Locks;
import dev.hitless.iommu.api.platform.PhysicalMemory;
import dev.hitless.iommu.api.platform.Platform;
import java.util.function.UnaryOperator;

/**
 * A driver that is another one but for how it is made, or for the memory or locks that it works with.
 *
 * @param right the driver without the defect; this one introduces itself likewise
 * @param maker makes the driver with it
 */
public record DefectiveProvider(IommuDriverProvider right, Maker maker) implements IommuDriverProvider {
    /** Makes a driver, as {@link IommuDriverProvider#create} does. */
    @FunctionalInterface
    public interface Maker {
        /** As {@link IommuDriverProvider#create}. */
        IommuDriver create(Platform platform, DriverOptions options);
    }

    /**
     * The right driver on memory that does not do what it is asked to.
     *
     * @param memory makes that memory of the platform's
     */
    public static DefectiveProvider withMemory(IommuDriverProvider right, UnaryOperator<PhysicalMemory> memory) {
        return new DefectiveProvider(
                right,
                (platform, options) ->
                        right.create(new PlatformWithMemory(platform, memory.apply(platform.memory())), options));
    }

    /**
     * The right driver with locks that do not do what they are there for.
     *
     * @param locks makes those locks of the platform's
     */
    public static DefectiveProvider withLocks(IommuDriverProvider right, UnaryOperator<Locks> locks) {
        return new DefectiveProvider(
                right,
                (platform, options) ->
                        right.create(new PlatformWithLocks(platform, locks.apply(platform.locks())), options));
    }

    @Override
    public String id() {
        return "broken-" + right.id();
    }

    @Override
    public String vendor() {
        return right.vendor();
    }

    @Override
    public String contractVersion() {
        return right.contractVersion();
    }

    @Override
    public String hardware() {
        return right.hardware();
    }

    @Override
    public String hardwareFamily() {
        return right.hardwareFamily();
    }

    @Override
    public IommuDriver create(Platform platform, DriverOptions options) {
        return maker.create(platform, options);
    }
}
