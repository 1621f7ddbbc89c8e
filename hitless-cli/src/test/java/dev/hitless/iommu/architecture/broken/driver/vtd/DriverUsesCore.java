package dev.hitless.iommu.architecture.broken.driver.vtd;

import dev.hitless.iommu.architecture.broken.core.Subsystem;

class DriverUsesCore {
    Subsystem subsystem;
}
