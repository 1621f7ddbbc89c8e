package dev.hitless.iommu.conformance.overlap;

import dev.hitless.iommu.api.IommuDevice;
import dev.hitless.iommu.conformance.machine.Machine;
import org.jspecify.annotations.Nullable;

/** Another device arrives. */
final class DeviceProbe implements MachineOperation {
    private final Machine machine;
    private final String device;
    private final int requesterId;
    private @Nullable IommuDevice probed;

    DeviceProbe(Machine machine, String device, int requesterId) {
        this.machine = machine;
        this.device = device;
        this.requesterId = requesterId;
    }

    @Override
    public String name() {
        return "probe " + device;
    }

    @Override
    public void run() {
        probed = machine.driver().probe(machine.description(device, requesterId, false));
    }

    @Override
    public void note() {
        if (probed != null) {
            machine.adopt(probed);
        }
    }
}
