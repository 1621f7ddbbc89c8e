package dev.hitless.iommu.driver.smmuv3;

import dev.hitless.iommu.api.IommuDriverProvider;
import dev.hitless.iommu.conformance.junit.IommuConformance;
import dev.hitless.iommu.conformance.suite.SuiteOptions;

/** The driver under the core: groups of devices of which one fails, handles, page requests and resets, on real tables. */
class Smmuv3UnderCoreTest extends IommuConformance {
    @Override
    protected IommuDriverProvider driver() {
        return new Smmuv3DriverProvider();
    }

    @Override
    protected SuiteOptions options() {
        return SuiteOptions.DEFAULTS.withScenarios("core/*");
    }
}
