package dev.hitless.iommu.architecture.broken.cli;

import dev.hitless.iommu.architecture.broken.core.Subsystem;
import dev.hitless.iommu.architecture.broken.driver.support.Support;
import dev.hitless.iommu.architecture.broken.hardware.Spi;

class Command {
    Subsystem subsystem;
    Spi spi;
    Support support;
}
