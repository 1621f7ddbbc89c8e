package dev.hitless.iommu.driver.vtd;

import dev.hitless.iommu.api.IommuDriverProvider;
import dev.hitless.iommu.conformance.junit.IommuConformance;
import dev.hitless.iommu.conformance.suite.SuiteOptions;

/** The driver under the core: groups of devices of which one fails, handles, page requests and resets, on real tables. */
class VtdUnderCoreTest extends IommuConformance {
    @Override
    protected IommuDriverProvider driver() {
        return new VtdDriverProvider();
    }

    @Override
    protected SuiteOptions options() {
        return SuiteOptions.DEFAULTS.withScenarios("core/*");
    }
}
