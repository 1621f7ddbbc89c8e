package dev.hitless.iommu.architecture.broken.driver.vtd;

import dev.hitless.iommu.architecture.broken.driver.smmuv3.OtherDriver;

class DriverUsesOtherDriver {
    OtherDriver[] others;
}
