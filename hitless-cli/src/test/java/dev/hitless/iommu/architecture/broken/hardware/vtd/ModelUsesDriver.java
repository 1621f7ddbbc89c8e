package dev.hitless.iommu.architecture.broken.hardware.vtd;

import dev.hitless.iommu.architecture.broken.driver.smmuv3.OtherDriver;

class ModelUsesDriver {
    OtherDriver driver;
}
