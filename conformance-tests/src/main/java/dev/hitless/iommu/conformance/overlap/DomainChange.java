package dev.hitless.iommu.conformance.overlap;

import dev.hitless.iommu.api.IommuDomain;
import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.api.ReplaceGuarantee;
import dev.hitless.iommu.conformance.machine.Machine;
import dev.hitless.iommu.conformance.machine.ModelledDomain;
import dev.hitless.iommu.conformance.machine.TestDevice;
import dev.hitless.iommu.conformance.observe.Stream;
import java.util.List;

/** A domain is set in place of the one that is attached: attach, replace or remove. */
final class DomainChange implements MachineOperation {
    private final Machine machine;
    private final TestDevice device;
    private final Pasid pasid;
    private final ModelledDomain replacement;
    private final IommuDomain old;
    private final String name;
    private final ReplaceGuarantee promise;

    /** A change of what is attached now. */
    DomainChange(Machine machine, TestDevice device, Pasid pasid, ModelledDomain replacement) {
        this.machine = machine;
        this.device = device;
        this.pasid = pasid;
        this.replacement = replacement;
        this.old = machine.attached(device, pasid).domain();
        this.name = device + " " + pasid + ": " + old.name() + " -> " + replacement;
        this.promise = machine.promise(device, pasid, replacement);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public void run() {
        replacement.domain().setDevPasid(device.device(), pasid, old);
    }

    @Override
    public void note() {
        machine.note(device, pasid, replacement);
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
