package dev.hitless.iommu.architecture.broken.core;

import dev.hitless.iommu.architecture.broken.driver.vtd.LawfulDriver;

class CoreUsesDriver {
    LawfulDriver driver;
}
