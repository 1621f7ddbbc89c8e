package dev.hitless.iommu.conformance.scenario;

import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.api.ReplaceGuarantee;
import dev.hitless.iommu.conformance.judge.Finding;
import dev.hitless.iommu.conformance.machine.DomainKind;
import dev.hitless.iommu.conformance.machine.Machine;
import dev.hitless.iommu.conformance.machine.ModelledDomain;
import dev.hitless.iommu.conformance.machine.TestDevice;
import dev.hitless.iommu.conformance.rules.Rule;
import java.util.EnumSet;
import java.util.Set;

/** Ten thousand replacements between two domains must not grow what is allocated, nor run out of ids. */
final class MemoryScenario implements Scenario {
    private static final int WARM_UP = 100;
    private static final int REPLACEMENTS = 10_000;

    private final Target target;
    private final Variant variant;
    private final Transition transition;

    MemoryScenario(Target target, Variant variant, Transition transition) {
        this.target = target;
        this.variant = variant;
        this.transition = transition;
    }

    @Override
    public String name() {
        return "memory/" + transition + "/" + variant;
    }

    @Override
    public Set<Rule> exercises() {
        return EnumSet.of(Rule.DRV_24);
    }

    @Override
    public ScenarioResult run() {
        Machine machine = target.machine(variant);
        Checks checks = new Checks();
        TestDevice device = machine.probe("device-a", 0x0020);
        Pasid pasid = transition.withPasid() ? Pasid.of(0x5) : Pasid.NONE;
        ModelledDomain one = machine.domain(transition.from());
        ModelledDomain other = machine.domain(transition.to());
        if (!possible(machine, device, pasid, one)) {
            return ScenarioResult.notApplicable("the driver refuses " + one);
        }
        machine.set(device, pasid, one);
        if (!possible(machine, device, pasid, other)) {
            return ScenarioResult.notApplicable("the driver refuses " + transition);
        }
        machine.set(device, pasid, other);
        if (!possible(machine, device, pasid, one)) {
            return ScenarioResult.notApplicable("the driver refuses the way back of " + transition);
        }
        long settled = 0;
        for (int i = 0; i < REPLACEMENTS; i++) {
            machine.set(device, pasid, (i & 1) == 0 ? one : other);
            if (i == WARM_UP) {
                settled = machine.platform().allocatedBytes();
            }
        }
        machine.set(device, pasid, one);
        long now = machine.platform().allocatedBytes();
        if (now > settled) {
            checks.add(Finding.of(
                    Rule.DRV_24,
                    -1,
                    settled + " bytes allocated after " + REPLACEMENTS + " replacements, as after " + WARM_UP,
                    now + " bytes"));
        }
        checks.tornDownClean(machine);
        return checks.result();
    }

    private static boolean possible(Machine machine, TestDevice device, Pasid pasid, ModelledDomain domain) {
        return machine.promise(device, pasid, domain) != ReplaceGuarantee.UNSUPPORTED;
    }

    /** Kinds that are worth it: pairs of instances, so that something has to be written. */
    static boolean isWorthIt(DomainKind from, DomainKind to) {
        return from.hasInstances() && (to.hasInstances() || to.equals(DomainKind.BLOCKED));
    }
}
