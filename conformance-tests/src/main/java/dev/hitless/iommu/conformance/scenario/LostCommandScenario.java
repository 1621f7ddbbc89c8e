package dev.hitless.iommu.conformance.scenario;

import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.api.ReplaceGuarantee;
import dev.hitless.iommu.conformance.judge.Finding;
import dev.hitless.iommu.conformance.machine.Machine;
import dev.hitless.iommu.conformance.machine.ModelledDomain;
import dev.hitless.iommu.conformance.machine.TestDevice;
import dev.hitless.iommu.conformance.rules.Rule;
import dev.hitless.iommu.conformance.trace.Recording;
import dev.hitless.iommu.conformance.trace.TraceEvent;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * One fallible call after the other fails, until the operation gets through without reaching the fault. Where it is a
 * completion that is lost, the driver must not return as if it had been seen. It may try again, or fail;
 * what DMA sees of a failure is another rule.
 */
final class LostCommandScenario implements Scenario {
    private final Target target;
    private final Variant variant;
    private final Transition transition;

    LostCommandScenario(Target target, Variant variant, Transition transition) {
        this.target = target;
        this.variant = variant;
        this.transition = transition;
    }

    @Override
    public String name() {
        return "lost-completions/" + transition + "/" + variant;
    }

    @Override
    public Set<Rule> exercises() {
        return EnumSet.of(Rule.DRV_13);
    }

    @Override
    public ScenarioResult run() {
        Checks checks = new Checks();
        int injected = 0;
        for (boolean reached = true; reached; ) {
            int n = injected + 1;
            Machine machine = target.machine(variant);
            TestDevice device = machine.probe("device-a", 0x0020);
            Pasid pasid = transition.withPasid() ? Pasid.of(0x5) : Pasid.NONE;
            ModelledDomain to = machine.domain(transition.to());
            ModelledDomain from = machine.domain(transition.from());
            if (machine.promise(device, pasid, from) == ReplaceGuarantee.UNSUPPORTED) {
                return ScenarioResult.notApplicable("the driver refuses " + from);
            }
            machine.set(device, pasid, from);
            if (machine.promise(device, pasid, to) == ReplaceGuarantee.UNSUPPORTED) {
                return ScenarioResult.notApplicable("the driver refuses " + transition);
            }
            machine.platform().faults().arm(n);
            Recording recording = machine.recordSet(device, pasid, to);
            reached = !machine.platform().faults().injected().isEmpty();
            injected += reached ? 1 : 0;
            if (machine.platform().faults().injected().stream().anyMatch(what -> what.startsWith("lost: "))) {
                check(checks, recording, machine);
            }
        }
        return checks.result().withFaults(injected);
    }

    private static void check(Checks checks, Recording recording, Machine machine) {
        checks.saw(recording);
        if (recording.failure().isPresent()) {
            return;
        }
        // A command that was tried again counts as seen with the one that took its place.
        Map<Integer, String> waiting = new TreeMap<>();
        for (TraceEvent event : recording.trace().events()) {
            if (event instanceof TraceEvent.Submitted command) {
                waiting.put(command.number(), command.invalidation().describe());
            } else if (event instanceof TraceEvent.Observed completion) {
                String done = waiting.getOrDefault(completion.number(), "");
                waiting.values().removeIf(done::equals);
            }
        }
        if (!waiting.isEmpty()) {
            checks.add(Finding.of(
                    Rule.DRV_13,
                    recording.trace().end(),
                    "an error, or another try that is seen to complete, after "
                            + machine.platform().faults().injected(),
                    "success, with commands " + waiting + " never seen complete"));
        }
    }
}
