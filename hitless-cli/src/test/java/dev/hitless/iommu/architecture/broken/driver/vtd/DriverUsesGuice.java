package dev.hitless.iommu.architecture.broken.driver.vtd;

import com.google.inject.Inject;
import dev.hitless.iommu.architecture.broken.api.platform.Port;

class DriverUsesGuice {
    @Inject
    Port port;
}
