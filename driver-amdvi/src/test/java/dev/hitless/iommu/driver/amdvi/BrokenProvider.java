package dev.hitless.iommu.driver.amdvi;

import dev.hitless.iommu.api.IommuDriverProvider;
import dev.hitless.iommu.api.platform.PhysicalMemory;
import dev.hitless.iommu.conformance.junit.DefectiveProvider;
import java.util.function.UnaryOperator;

/** The AMD-Vi driver with a part exchanged for a defective one, or with memory that does not do what it was asked to. */
final class BrokenProvider {
    private BrokenProvider() {}

    static IommuDriverProvider withParts(UnitParts parts) {
        return new DefectiveProvider(
                new AmdviDriverProvider(), (platform, options) -> AmdviDriverProvider.create(platform, options, parts));
    }

    static IommuDriverProvider withMemory(UnaryOperator<PhysicalMemory> memory) {
        return DefectiveProvider.withMemory(new AmdviDriverProvider(), memory);
    }
}
