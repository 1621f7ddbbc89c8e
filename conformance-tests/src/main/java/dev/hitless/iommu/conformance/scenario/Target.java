package dev.hitless.iommu.conformance.scenario;

import dev.hitless.iommu.api.IommuDriverProvider;
import dev.hitless.iommu.conformance.machine.Machine;
import dev.hitless.iommu.hardware.HardwareModelProvider;

/**
 * A driver and the hardware model that it is run on.
 *
 * @param driver makes the driver
 * @param hardware makes the hardware
 */
public record Target(IommuDriverProvider driver, HardwareModelProvider hardware) {
    /** The options of the command line that mean this driver: {@code --driver vtd}. */
    public String invocation() {
        return ConfiguredDriver.invocation(driver);
    }

    /** A machine with this driver on hardware of one variant. */
    public Machine machine(Variant variant) {
        return new Machine(hardware, variant.configuration(), driver, variant.store128());
    }
}
