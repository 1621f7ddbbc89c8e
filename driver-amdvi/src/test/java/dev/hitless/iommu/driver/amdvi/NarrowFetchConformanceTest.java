package dev.hitless.iommu.driver.amdvi;

import dev.hitless.iommu.api.IommuDriverProvider;
import dev.hitless.iommu.conformance.junit.IommuConformance;
import dev.hitless.iommu.conformance.suite.SuiteOptions;

/** The conformance rules for each transition, on hardware that reads 128 bits or 64 of a device-table entry at once. */
class NarrowFetchConformanceTest extends IommuConformance {
    @Override
    protected IommuDriverProvider driver() {
        return new AmdviDriverProvider();
    }

    @Override
    protected SuiteOptions options() {
        return SuiteOptions.DEFAULTS.withScenarios("*id/*/alone/dte-fetch-bits=*");
    }
}
