package dev.hitless.iommu.driver.smmuv3;

import dev.hitless.iommu.api.IommuDriverProvider;
import dev.hitless.iommu.conformance.junit.IommuConformance;
import dev.hitless.iommu.conformance.suite.SuiteOptions;

/** The conformance rules for each transition behind a PASID, with everybody beside it who could notice. */
class Smmuv3CompanyConformanceTest extends IommuConformance {
    @Override
    protected IommuDriverProvider driver() {
        return new Smmuv3DriverProvider();
    }

    @Override
    protected SuiteOptions options() {
        return SuiteOptions.DEFAULTS.withScenarios("pasid/*/default");
    }
}
