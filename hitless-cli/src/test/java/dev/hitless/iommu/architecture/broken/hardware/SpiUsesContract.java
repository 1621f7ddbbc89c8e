package dev.hitless.iommu.architecture.broken.hardware;

import dev.hitless.iommu.architecture.broken.api.Contract;

class SpiUsesContract {
    Contract contract;
}
