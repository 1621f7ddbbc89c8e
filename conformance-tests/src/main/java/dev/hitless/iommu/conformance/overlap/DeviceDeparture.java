package dev.hitless.iommu.conformance.overlap;

import dev.hitless.iommu.api.IommuDomain;
import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.api.ReplaceGuarantee;
import dev.hitless.iommu.conformance.machine.Machine;
import dev.hitless.iommu.conformance.machine.TestDevice;
import dev.hitless.iommu.conformance.observe.Stream;
import java.util.List;

/** A device's domain is removed, and right after that the device goes: nothing may be sent to it any more. */
final class DeviceDeparture implements MachineOperation {
    private final Machine machine;
    private final TestDevice device;
    private final Pasid pasid;
    private final IommuDomain attached;
    private final ReplaceGuarantee promise;

    /** Of a device that has what is attached now, and nothing else. */
    DeviceDeparture(Machine machine, TestDevice device, Pasid pasid) {
        this.machine = machine;
        this.device = device;
        this.pasid = pasid;
        this.attached = machine.attached(device, pasid).domain();
        this.promise = machine.promise(device, pasid, machine.blocked());
    }

    @Override
    public String name() {
        return device + " " + pasid + ": " + attached.name() + " -> " + machine.blocked() + ", release " + device;
    }

    @Override
    public void run() {
        machine.blocked().domain().setDevPasid(device.device(), pasid, attached);
        machine.driver().release(device.device());
    }

    @Override
    public void note() {
        machine.note(device, pasid, machine.blocked());
        machine.forget(device);
    }

    @Override
    public List<Stream> subjects() {
        return device.streams(pasid);
    }

    @Override
    public ReplaceGuarantee promise() {
        return promise;
    }
}
