package dev.hitless.iommu.architecture.broken.conformance;

import dev.hitless.iommu.architecture.broken.hardware.smmuv3.OtherModel;

class SuiteUsesModel {
    OtherModel model;
}
