package dev.hitless.iommu.architecture.broken.cli;

import dev.hitless.iommu.architecture.broken.hardware.smmuv3.OtherModel;

class CommandUsesModel {
    OtherModel model;
}
