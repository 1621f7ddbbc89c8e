package dev.hitless.iommu.driver.amdvi;

import dev.hitless.iommu.api.IommuDriverProvider;
import dev.hitless.iommu.conformance.junit.IommuConformance;
import dev.hitless.iommu.conformance.suite.SuiteOptions;

/** The driver under the core: groups of devices of which one fails, handles, page requests and resets, on real tables. */
class AmdviUnderCoreTest extends IommuConformance {
    @Override
    protected IommuDriverProvider driver() {
        return new AmdviDriverProvider();
    }

    @Override
    protected SuiteOptions options() {
        return SuiteOptions.DEFAULTS.withScenarios("core/*");
    }
}
