package dev.hitless.iommu.conformance.scenario;

import dev.hitless.iommu.api.IommuException;
import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.api.ReplaceGuarantee;
import dev.hitless.iommu.conformance.judge.Judge;
import dev.hitless.iommu.conformance.machine.DomainKind;
import dev.hitless.iommu.conformance.machine.Machine;
import dev.hitless.iommu.conformance.machine.TestDevice;
import dev.hitless.iommu.conformance.rules.Rule;
import dev.hitless.iommu.conformance.trace.Fault;
import dev.hitless.iommu.conformance.trace.Recording;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * The driver is shut down, once with everything released and once with domains attached, with one fallible call after the
 * other failing in each way. Nothing is left, ATS is off everywhere; if hardware that does not stop is a reason to refuse,
 * then it works when it is tried again.
 */
final class FaultedEndScenario implements Scenario {
    private final Target target;
    private final Judge judge;
    private final Variant variant;

    FaultedEndScenario(Target target, Judge judge, Variant variant) {
        this.target = target;
        this.judge = judge;
        this.variant = variant;
    }

    @Override
    public String name() {
        return "faults/shut-down/" + variant;
    }

    @Override
    public Set<Rule> exercises() {
        return EnumSet.of(Rule.DRV_08, Rule.DRV_24);
    }

    @Override
    public ScenarioResult run() {
        FaultedRuns runs = new FaultedRuns(judge);
        for (boolean inUse : new boolean[] {false, true}) {
            runs.each(EnumSet.allOf(Fault.class), (fault, n) -> attempt(runs, inUse, fault, n));
        }
        return runs.result();
    }

    private boolean attempt(FaultedRuns runs, boolean inUse, Fault fault, int n) {
        Machine machine = target.machine(variant);
        TestDevice device = machine.probe("device-a", List.of(0x0020, 0x00A0));
        if (inUse) {
            use(machine, device);
        } else {
            machine.recordRelease(device);
        }
        machine.platform().faults().arm(fault, n, "device-a");
        Recording end = machine.platform().record("shut down", machine.driver()::shutDown);
        machine.platform().faults().disarm();
        if (!runs.reached(machine.platform())) {
            return false;
        }
        runs.locksFree(end);
        end.failure().ifPresent(failure -> {
            if (!(failure instanceof IommuException known) || !FailedChange.isOfHardware(known)) {
                runs.add(Rule.DRV_08, end.trace().end(), "success, or what hardware did wrong", "" + failure);
            }
            runs.succeeds("shutting down, tried again,", machine.driver()::shutDown);
        });
        runs.bytes(machine, 0, "after shutting down" + (inUse ? " while in use" : ""));
        if (!machine.platform().atsOn().isEmpty()) {
            runs.add(Rule.DRV_08, end.trace().end(), "ATS is off after shutting down", "ATS is on");
        }
        return true;
    }

    /** One of each kind that fits beside the others: with PASID, and without. */
    private static void use(Machine machine, TestDevice device) {
        int pasid = 0x5;
        for (boolean withPasid : new boolean[] {true, false}) {
            for (DomainKind kind : DomainKind.offered(machine.driver().capabilities(), withPasid)) {
                Pasid where = withPasid ? Pasid.of(pasid++) : Pasid.NONE;
                boolean possible =
                        (where.isNone() || where.value() < device.device().maxPasids())
                                && kind.format().isPresent()
                                && machine.attached(device, where) == machine.blocked();
                var domain = possible ? machine.domain(kind) : machine.blocked();
                if (possible && machine.promise(device, where, domain) != ReplaceGuarantee.UNSUPPORTED) {
                    machine.set(device, where, domain);
                }
            }
        }
    }
}
