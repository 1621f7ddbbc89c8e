package dev.hitless.iommu.driver.smmuv3;

import dev.hitless.iommu.api.DriverOptions;
import dev.hitless.iommu.api.IommuDriverProvider;
import dev.hitless.iommu.conformance.junit.IommuConformance;
import dev.hitless.iommu.conformance.scenario.ConfiguredDriver;
import dev.hitless.iommu.conformance.suite.SuiteOptions;
import java.util.Map;

/** The transitions behind a PASID, with other PASIDs in the same leaf of 64 KiB and in another. */
class LargeContextLeavesConformanceTest extends IommuConformance {
    @Override
    protected IommuDriverProvider driver() {
        return new ConfiguredDriver(
                new Smmuv3DriverProvider(), new DriverOptions(Map.of(Smmuv3DriverProvider.CONTEXT_LEAF_KIB, "64")));
    }

    @Override
    protected SuiteOptions options() {
        return SuiteOptions.DEFAULTS.withScenarios("pasid/*/crowd/default");
    }
}
