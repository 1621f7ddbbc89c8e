package dev.hitless.iommu.driver.vtd;

import dev.hitless.iommu.api.IommuDriverProvider;
import dev.hitless.iommu.api.platform.PhysicalMemory;
import dev.hitless.iommu.conformance.junit.DefectiveProvider;
import java.util.function.UnaryOperator;

/** The VT-d driver with a part exchanged for a defective one, or with memory that does not do what it was asked to. */
final class BrokenProvider {
    private BrokenProvider() {}

    static IommuDriverProvider withParts(UnitParts parts) {
        return new DefectiveProvider(
                new VtdDriverProvider(), (platform, options) -> VtdDriverProvider.create(platform, options, parts));
    }

    static IommuDriverProvider withMemory(UnaryOperator<PhysicalMemory> memory) {
        return DefectiveProvider.withMemory(new VtdDriverProvider(), memory);
    }
}
