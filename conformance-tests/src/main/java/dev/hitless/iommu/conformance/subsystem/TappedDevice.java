package dev.hitless.iommu.conformance.subsystem;

import dev.hitless.iommu.api.DeviceDescription;
import dev.hitless.iommu.api.IommuDevice;
import dev.hitless.iommu.api.IommuDriver;

/** A driver's device as the subsystem over a tap sees it. */
final class TappedDevice implements IommuDevice {
    private final TappedDriver tap;
    private final IommuDevice real;

    TappedDevice(TappedDriver tap, IommuDevice real) {
        this.tap = tap;
        this.real = real;
    }

    IommuDevice real() {
        return real;
    }

    @Override
    public DeviceDescription description() {
        return real.description();
    }

    @Override
    public IommuDriver driver() {
        return tap;
    }

    @Override
    public int maxPasids() {
        return real.maxPasids();
    }

    @Override
    public String toString() {
        return name();
    }
}
