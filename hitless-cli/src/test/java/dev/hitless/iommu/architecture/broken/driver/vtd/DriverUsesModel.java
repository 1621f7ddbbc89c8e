package dev.hitless.iommu.architecture.broken.driver.vtd;

import dev.hitless.iommu.architecture.broken.hardware.smmuv3.OtherModel;

class DriverUsesModel {
    Object model() {
        return new OtherModel();
    }
}
