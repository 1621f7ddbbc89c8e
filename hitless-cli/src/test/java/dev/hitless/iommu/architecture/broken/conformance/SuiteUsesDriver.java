package dev.hitless.iommu.architecture.broken.conformance;

import dev.hitless.iommu.architecture.broken.driver.smmuv3.OtherDriver;

class SuiteUsesDriver {
    OtherDriver driver;
}
