package dev.hitless.iommu.driver.amdvi;

import dev.hitless.iommu.api.platform.Platform;

/** Makes the parts that decide how hardware is told of changes. One place, so that a part can be exchanged for another. */
class UnitParts {
    /** How commands reach the hardware. Throws ENOMEM. */
    CommandBuffer commands(Platform platform, ControlRegister control) {
        return new CommandBuffer(platform, control);
    }

    /** What is dropped with which command. */
    Invalidations invalidations(CommandBuffer commands, HardwareCapabilities hardware) {
        return new QueuedInvalidations(commands, hardware);
    }

    /** How device-table entries are changed. */
    DeviceTableWriter writer(DeviceTable table, Invalidations invalidations) {
        return new DeviceTableWriter(table, invalidations);
    }

    /** In which order a domain is put in place of another. */
    AmdviReplacement replacement(AmdviDriver driver, AmdviUnit unit) {
        return new AmdviReplacement(driver, unit);
    }
}
