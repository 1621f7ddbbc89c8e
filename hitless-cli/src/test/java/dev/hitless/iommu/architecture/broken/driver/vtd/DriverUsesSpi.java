package dev.hitless.iommu.architecture.broken.driver.vtd;

import dev.hitless.iommu.architecture.broken.hardware.Spi;

class DriverUsesSpi extends Spi {}
