package dev.hitless.iommu.architecture.broken.qemu;

import dev.hitless.iommu.architecture.broken.hardware.smmuv3.OtherModel;

class EmulationUsesModel {
    OtherModel model;
}
