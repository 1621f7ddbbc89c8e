package dev.hitless.iommu.driver.amdvi;

import dev.hitless.iommu.api.DriverOptions;
import dev.hitless.iommu.api.IommuDriverProvider;
import dev.hitless.iommu.conformance.junit.IommuConformance;
import dev.hitless.iommu.conformance.scenario.ConfiguredDriver;
import dev.hitless.iommu.conformance.suite.SuiteOptions;
import java.util.Map;

/** The transitions without PASID, which change device-table entries, on a table in eight segments. */
class SegmentedTableConformanceTest extends IommuConformance {
    @Override
    protected IommuDriverProvider driver() {
        return new ConfiguredDriver(
                new AmdviDriverProvider(), new DriverOptions(Map.of(AmdviDriverProvider.DEVICE_TABLE_SEGMENTS, "8")));
    }

    @Override
    protected SuiteOptions options() {
        return SuiteOptions.DEFAULTS.withScenarios("rid/*/alone/default");
    }
}
