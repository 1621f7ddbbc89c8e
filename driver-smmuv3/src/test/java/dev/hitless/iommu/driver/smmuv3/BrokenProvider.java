package dev.hitless.iommu.driver.smmuv3;

import dev.hitless.iommu.api.IommuDriverProvider;
import dev.hitless.iommu.api.platform.PhysicalMemory;
import dev.hitless.iommu.conformance.junit.DefectiveProvider;
import java.util.function.UnaryOperator;

/** The SMMUv3 driver with a part exchanged for a defective one, or with memory that does not do what it was asked to. */
final class BrokenProvider {
    private BrokenProvider() {}

    static IommuDriverProvider withParts(UnitParts parts) {
        return new DefectiveProvider(
                new Smmuv3DriverProvider(),
                (platform, options) -> Smmuv3DriverProvider.create(platform, options, parts));
    }

    static IommuDriverProvider withMemory(UnaryOperator<PhysicalMemory> memory) {
        return DefectiveProvider.withMemory(new Smmuv3DriverProvider(), memory);
    }
}
