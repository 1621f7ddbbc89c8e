package dev.hitless.iommu.architecture.broken.hardware.vtd;

import dev.hitless.iommu.architecture.broken.api.platform.Port;
import dev.hitless.iommu.architecture.broken.hardware.HardwareModelProvider;
import dev.hitless.iommu.architecture.broken.hardware.Spi;

public final class LawfulModel implements HardwareModelProvider {
    Spi spi;
    Port port;
}
