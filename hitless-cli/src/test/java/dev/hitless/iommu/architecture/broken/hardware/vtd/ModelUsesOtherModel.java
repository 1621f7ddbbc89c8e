package dev.hitless.iommu.architecture.broken.hardware.vtd;

import dev.hitless.iommu.architecture.broken.hardware.smmuv3.OtherModel;

class ModelUsesOtherModel {
    OtherModel model;
}
