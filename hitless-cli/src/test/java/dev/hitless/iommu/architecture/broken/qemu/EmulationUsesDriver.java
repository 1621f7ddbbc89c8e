package dev.hitless.iommu.architecture.broken.qemu;

import dev.hitless.iommu.architecture.broken.driver.smmuv3.OtherDriver;

class EmulationUsesDriver {
    OtherDriver driver;
}
