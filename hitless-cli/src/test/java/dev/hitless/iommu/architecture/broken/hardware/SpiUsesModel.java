package dev.hitless.iommu.architecture.broken.hardware;

import dev.hitless.iommu.architecture.broken.hardware.smmuv3.OtherModel;

class SpiUsesModel {
    OtherModel model;
}
