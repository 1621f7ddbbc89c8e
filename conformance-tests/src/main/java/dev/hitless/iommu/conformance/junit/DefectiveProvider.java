package dev.hitless.iommu.conformance.junit;

import dev.hitless.iommu.api.DriverOptions;
import dev.hitless.iommu.api.IommuDriver;
import dev.hitless.iommu.api.IommuDriverProvider;
import dev.hitless.iommu.api.platform.ForwardingPlatform;
import dev.hitless.iommu.api.platform.Locks;
import dev.hitless.iommu.api.platform.PhysicalMemory;
import dev.hitless.iommu.api.platform.Platform;
import java.util.function.UnaryOperator;

/**
 * A driver that is another one but for how it is made, or for the platform that it works with.
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
        return onPlatform(right, platform -> {
            PhysicalMemory other = memory.apply(platform.memory());
            return new ForwardingPlatform(platform) {
                @Override
                public PhysicalMemory memory() {
                    return other;
                }
            };
        });
    }

    /**
     * The right driver with locks that do not do what they are there for.
     *
     * @param locks makes those locks of the platform's
     */
    public static DefectiveProvider withLocks(IommuDriverProvider right, UnaryOperator<Locks> locks) {
        return onPlatform(right, platform -> {
            Locks other = locks.apply(platform.locks());
            return new ForwardingPlatform(platform) {
                @Override
                public Locks locks() {
                    return other;
                }
            };
        });
    }

    /**
     * The right driver on a platform that does not do what it is asked to.
     *
     * @param spoiling makes that platform of the right one
     */
    public static DefectiveProvider onPlatform(IommuDriverProvider right, UnaryOperator<Platform> spoiling) {
        return new DefectiveProvider(right, (platform, options) -> right.create(spoiling.apply(platform), options));
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
