package dev.hitless.iommu.conformance.overlap;

import dev.hitless.iommu.conformance.machine.Machine;
import dev.hitless.iommu.conformance.machine.TestDevice;

/** Another device, with nothing attached to it, goes. */
final class DeviceRelease implements MachineOperation {
    private final Machine machine;
    private final TestDevice device;

    DeviceRelease(Machine machine, TestDevice device) {
        this.machine = machine;
        this.device = device;
    }

    @Override
    public String name() {
        return "release " + device;
    }

    @Override
    public void run() {
        machine.driver().release(device.device());
    }

    @Override
    public void note() {
        machine.forget(device);
    }
}
