package dev.hitless.iommu.conformance.overlap;

import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.api.ReplaceGuarantee;
import dev.hitless.iommu.conformance.machine.DomainKind;
import dev.hitless.iommu.conformance.machine.Machine;
import dev.hitless.iommu.conformance.machine.ModelledDomain;
import dev.hitless.iommu.conformance.machine.TestDevice;
import java.util.ArrayList;
import java.util.List;

/** A machine on which operations are about to overlap. */
public final class Scene {
    private final Machine machine;
    private final TestDevice device;
    private final TestDevice second;
    private final List<MachineOperation> operations = new ArrayList<>();
    private String impossible = "";

    /** Two devices, nothing attached, nothing to do yet. */
    Scene(Machine machine) {
        this.machine = machine;
        this.device = machine.probe("device-a", 0x0020);
        this.second = machine.probe("device-b", 0x00A8);
    }

    /** The machine. */
    public Machine machine() {
        return machine;
    }

    /** What overlaps. */
    public List<MachineOperation> operations() {
        return List.copyOf(operations);
    }

    /** Why the driver cannot do this; empty if it can. */
    public String impossible() {
        return impossible;
    }

    TestDevice device() {
        return device;
    }

    TestDevice second() {
        return second;
    }

    ModelledDomain domain(DomainKind kind) {
        return machine.domain(kind);
    }

    /** Attaches, as part of setting up. */
    void attach(TestDevice to, Pasid pasid, ModelledDomain domain) {
        if (isPossible(to, pasid, domain)) {
            machine.set(to, pasid, domain);
        }
    }

    /** Will set a domain. */
    void sets(TestDevice on, Pasid pasid, ModelledDomain domain) {
        if (isPossible(on, pasid, domain)) {
            operations.add(new DomainChange(machine, on, pasid, domain));
        }
    }

    /** Will do {@code operation}. */
    void does(MachineOperation operation) {
        operations.add(operation);
    }

    private boolean isPossible(TestDevice on, Pasid pasid, ModelledDomain domain) {
        if (impossible.isEmpty()
                && !pasid.isNone()
                && pasid.value() >= on.device().maxPasids()) {
            impossible = on + " has no " + pasid;
        } else if (impossible.isEmpty() && machine.promise(on, pasid, domain) == ReplaceGuarantee.UNSUPPORTED) {
            impossible = "the driver refuses " + domain + " for " + on + " " + pasid + " beside what is attached";
        }
        return impossible.isEmpty();
    }
}
