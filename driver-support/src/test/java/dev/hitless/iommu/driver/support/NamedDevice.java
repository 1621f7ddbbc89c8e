package dev.hitless.iommu.driver.support;

import dev.hitless.iommu.api.DeviceDescription;
import dev.hitless.iommu.api.IommuDevice;
import dev.hitless.iommu.api.IommuDriver;

/** A device that is nothing but its name. */
public record NamedDevice(String name) implements IommuDevice {
    @Override
    public DeviceDescription description() {
        throw new AssertionError("nobody asks");
    }

    @Override
    public IommuDriver driver() {
        throw new AssertionError("nobody asks");
    }

    @Override
    public int maxPasids() {
        return 16;
    }
}
