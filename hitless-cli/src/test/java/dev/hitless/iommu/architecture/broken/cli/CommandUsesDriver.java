package dev.hitless.iommu.architecture.broken.cli;

import dev.hitless.iommu.architecture.broken.driver.smmuv3.OtherDriver;

class CommandUsesDriver {
    OtherDriver driver;
}
