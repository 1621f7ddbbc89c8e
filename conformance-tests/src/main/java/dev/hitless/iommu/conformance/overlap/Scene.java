package dev.hitless.iommu.conformance.overlap;

import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.api.ReplaceGuarantee;
import dev.hitless.iommu.conformance.machine.DomainKind;
import dev.hitless.iommu.conformance.machine.Machine;
import dev.hitless.iommu.conformance.machine.ModelledDomain;
import dev.hitless.iommu.conformance.machine.TestDevice;
import dev.hitless.iommu.conformance.trace.Fault;
import dev.hitless.iommu.conformance.trace.FaultPlan;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/** A machine on which operations are about to overlap. */
public final class Scene {
    private final Machine machine;
    private final TestDevice device;
    private final TestDevice second;
    private final List<MachineOperation> operations = new ArrayList<>();
    private String impossible = "";
    private boolean refusable = true;
    private Consumer<FaultPlan> faults = FaultPlan::disarm;

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

    /** Whether a driver may refuse one of the operations after another; else that is a defect. */
    public boolean isRefusable() {
        return refusable;
    }

    /** No driver may refuse any of the operations, in any order. */
    void mustSucceed() {
        refusable = false;
    }

    /** Makes hardware fail as it is to fail, from now on until disarmed. */
    public void armFaults() {
        faults.accept(machine.platform().faults());
    }

    /** Command number {@code n}, from 1, that hardware takes while the operations overlap will fail like this. */
    void fails(Fault fault, int n) {
        faults = plan -> plan.arm(fault, n);
    }

    /** Another device, whose requests carry so many ids, from {@code firstId} up. */
    TestDevice probe(String name, int firstId, int ids) {
        return machine.probe(
                name, IntStream.range(firstId, firstId + ids).boxed().toList());
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
