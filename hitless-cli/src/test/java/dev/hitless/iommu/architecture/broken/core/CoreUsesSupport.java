package dev.hitless.iommu.architecture.broken.core;

import dev.hitless.iommu.architecture.broken.driver.support.Support;

class CoreUsesSupport extends Support {}
