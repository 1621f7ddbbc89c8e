package dev.hitless.iommu.driver.vtd;

import dev.hitless.iommu.api.DeviceDescription;
import dev.hitless.iommu.driver.support.device.PciFeatures;
import dev.hitless.iommu.driver.support.device.ProbedDevice;
import dev.hitless.iommu.driver.support.unit.DriverLocks;

/** A probed function and its PASID directory. */
final class VtdDevice extends ProbedDevice<VtdDomain> {
    private final PasidDirectory directory;

    /** @param directory its PASID directory, not in use yet */
    VtdDevice(
            VtdDriver driver,
            DeviceDescription description,
            PciFeatures features,
            PasidDirectory directory,
            DriverLocks locks) {
        super(driver, description, features, locks);
        this.directory = directory;
    }

    PasidDirectory directory() {
        return directory;
    }
}
