package dev.hitless.iommu.qemu.check;

import dev.hitless.iommu.api.IommuDriverProvider;
import dev.hitless.iommu.hardware.HardwareModelProvider;
import dev.hitless.iommu.qemu.unit.EmulatedIommu;

/**
 * What is run with what.
 *
 * @param iommu QEMU's IOMMU
 * @param driver a driver of its family
 * @param model a model of its family
 */
public record Setup(EmulatedIommu iommu, IommuDriverProvider driver, HardwareModelProvider model) {
    /** Checks that they are of one family. */
    public Setup {
        if (!iommu.family().equals(driver.hardwareFamily()) || !iommu.family().equals(model.family())) {
            throw new IllegalArgumentException("IOMMU of family " + iommu.family() + ", driver of family "
                    + driver.hardwareFamily() + ", model of family " + model.family() + "; all have to be of one");
        }
    }
}
