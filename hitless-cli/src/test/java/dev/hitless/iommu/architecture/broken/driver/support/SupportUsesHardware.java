package dev.hitless.iommu.architecture.broken.driver.support;

import dev.hitless.iommu.architecture.broken.hardware.Spi;

class SupportUsesHardware {
    Spi spi;
}
