package dev.hitless.iommu.architecture.broken.hardware;

import dev.hitless.iommu.architecture.broken.api.platform.Port;

public class Spi {
    Port port;
}
