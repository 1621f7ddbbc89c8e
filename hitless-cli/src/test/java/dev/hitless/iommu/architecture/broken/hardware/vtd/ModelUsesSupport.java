package dev.hitless.iommu.architecture.broken.hardware.vtd;

import dev.hitless.iommu.architecture.broken.driver.support.Support;

class ModelUsesSupport {
    Support support;
}
