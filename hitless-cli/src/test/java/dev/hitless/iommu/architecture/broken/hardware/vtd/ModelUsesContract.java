package dev.hitless.iommu.architecture.broken.hardware.vtd;

import dev.hitless.iommu.architecture.broken.api.Contract;

class ModelUsesContract {
    Contract contract;
}
