package dev.hitless.iommu.architecture.broken.hardware.vtd;

import dev.hitless.iommu.architecture.broken.hardware.HardwareModelProvider;

public final class ClosedProvider implements HardwareModelProvider {
    ClosedProvider() {}
}
