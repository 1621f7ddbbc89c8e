package dev.hitless.iommu.conformance.scenario;

import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.api.ReplaceGuarantee;
import dev.hitless.iommu.conformance.judge.Aftermath;
import dev.hitless.iommu.conformance.judge.Intended;
import dev.hitless.iommu.conformance.judge.Judge;
import dev.hitless.iommu.conformance.judge.Operation;
import dev.hitless.iommu.conformance.judge.Watched;
import dev.hitless.iommu.conformance.machine.Content;
import dev.hitless.iommu.conformance.machine.DomainKind;
import dev.hitless.iommu.conformance.machine.Expected;
import dev.hitless.iommu.conformance.machine.Machine;
import dev.hitless.iommu.conformance.machine.TestDevice;
import dev.hitless.iommu.conformance.rules.Rule;
import dev.hitless.iommu.conformance.trace.Fault;
import dev.hitless.iommu.conformance.trace.Recording;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A device is released that has a domain behind everything still, with one fallible call after the other failing in each
 * way. A release may not fail: DMA is blocked under each of its requester ids, ATS is off, another device does not notice.
 * What hardware that has failed may still reach is kept, at most until the driver is shut down.
 */
final class FaultedReleaseScenario implements Scenario {
    /** ATS goes off before ids are forgotten, and the device cannot refill then. */
    private static final Set<Rule> OF_A_CHANGE = EnumSet.of(Rule.DRV_16);

    private final Target target;
    private final Judge judge;
    private final Variant variant;
    private final DomainKind kind;
    private final boolean withPasid;
    private final List<Integer> requesterIds;

    /** @param requesterIds of the device */
    FaultedReleaseScenario(
            Target target,
            Judge judge,
            Variant variant,
            DomainKind kind,
            boolean withPasid,
            List<Integer> requesterIds) {
        this.target = target;
        this.judge = judge;
        this.variant = variant;
        this.kind = kind;
        this.withPasid = withPasid;
        this.requesterIds = List.copyOf(requesterIds);
    }

    @Override
    public String name() {
        return "faults/release/" + (withPasid ? "pasid/" : "rid/") + kind + "/" + variant;
    }

    @Override
    public Set<Rule> exercises() {
        return EnumSet.of(
                Rule.DRV_02, Rule.DRV_05, Rule.DRV_06, Rule.DRV_07, Rule.DRV_08, Rule.DRV_09, Rule.DRV_18, Rule.DRV_24);
    }

    @Override
    public ScenarioResult run() {
        FaultedRuns runs = new FaultedRuns(judge);
        Attempt undisturbed = new Attempt(Fault.NO_MEMORY, 0);
        if (!undisturbed.possible) {
            return ScenarioResult.notApplicable("the driver refuses " + kind);
        }
        runs.judge(undisturbed.operation(Optional.empty()), undisturbed.machine, OF_A_CHANGE);
        Intended intended = new Intended(undisturbed.operation(Optional.empty()));
        for (Fault fault : Fault.values()) {
            for (int n = 1; runs.goesOn(); n++) {
                Attempt attempt = new Attempt(fault, n);
                if (!runs.reached(attempt.machine.platform())) {
                    break;
                }
                attempt.check(runs, fault, intended);
            }
        }
        return runs.result();
    }

    private final class Attempt {
        private final Machine machine = target.machine(variant);
        private final TestDevice device = machine.probe("device-a", requesterIds);
        private final TestDevice other = machine.probe("device-b", 0x00A8);
        private final boolean possible;
        private final List<Watched> streams = new ArrayList<>();
        private final Recording recording;

        Attempt(Fault fault, int n) {
            Pasid pasid = withPasid ? Pasid.of(0x5) : Pasid.NONE;
            var domain = machine.domain(kind);
            possible = machine.promise(device, pasid, domain) != ReplaceGuarantee.UNSUPPORTED;
            if (possible) {
                machine.set(device, pasid, domain);
                machine.set(other, pasid, domain);
            }
            machine.streams()
                    .forEach((stream, behind) -> streams.add(
                            stream.device().equals("device-a")
                                    ? new Watched(stream, true, behind::expected, (iova, write) -> Expected.BLOCKED)
                                    : new Watched(stream, false, behind::expected, behind::expected)));
            machine.platform().faults().arm(fault, n, "device-a");
            recording = machine.recordRelease(device);
            machine.platform().faults().disarm();
        }

        Operation operation(Optional<Aftermath> aftermath) {
            return new Operation(
                    recording.trace(), streams, Content.probes(machine.domains()), ReplaceGuarantee.HITLESS, aftermath);
        }

        void check(FaultedRuns runs, Fault fault, Intended intended) {
            runs.locksFree(recording);
            recording
                    .failure()
                    .ifPresent(failure ->
                            runs.add(Rule.DRV_08, recording.trace().end(), "release succeeds", failure.toString()));
            runs.judge(
                    operation(Optional.of(
                            new Aftermath(Aftermath.State.SETTLED, FailedChange.excuse(fault), true, intended))),
                    machine);
            if (machine.platform().atsOn().contains("device-a")) {
                runs.add(Rule.DRV_08, recording.trace().end(), "ATS is off after release", "ATS is on");
            }
            shutDown(runs);
        }

        /** Domains that hardware may still know cannot be freed any more; the end of the driver is the end of them. */
        private void shutDown(FaultedRuns runs) {
            if (recording.failure().isEmpty()) {
                runs.tornDown(machine);
            }
        }
    }
}
