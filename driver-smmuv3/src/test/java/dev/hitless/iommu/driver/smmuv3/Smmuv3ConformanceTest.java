package dev.hitless.iommu.driver.smmuv3;

import dev.hitless.iommu.api.IommuDriverProvider;
import dev.hitless.iommu.conformance.junit.IommuConformance;
import dev.hitless.iommu.conformance.scenario.FaultCoverage;
import dev.hitless.iommu.conformance.suite.SuiteOptions;

/**
 * The conformance rules for each transition, with PASID and without, on hardware that has everything and with nobody
 * beside it. {@code ./hitless test} runs all combinations, and makes calls fail.
 */
class Smmuv3ConformanceTest extends IommuConformance {
    @Override
    protected IommuDriverProvider driver() {
        return new Smmuv3DriverProvider();
    }

    @Override
    protected SuiteOptions options() {
        return SuiteOptions.DEFAULTS.withScenarios("*id/*/alone/default").withFaults(FaultCoverage.NONE);
    }
}
