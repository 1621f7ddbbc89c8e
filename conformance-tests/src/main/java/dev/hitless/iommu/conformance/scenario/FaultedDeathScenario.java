package dev.hitless.iommu.conformance.scenario;

import dev.hitless.iommu.api.DomainType;
import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.api.ReplaceGuarantee;
import dev.hitless.iommu.conformance.judge.Aftermath;
import dev.hitless.iommu.conformance.judge.Intended;
import dev.hitless.iommu.conformance.judge.Judge;
import dev.hitless.iommu.conformance.judge.Operation;
import dev.hitless.iommu.conformance.judge.Watched;
import dev.hitless.iommu.conformance.machine.DomainKind;
import dev.hitless.iommu.conformance.machine.Expected;
import dev.hitless.iommu.conformance.machine.Machine;
import dev.hitless.iommu.conformance.machine.Mapping;
import dev.hitless.iommu.conformance.machine.TestDevice;
import dev.hitless.iommu.conformance.rules.Rule;
import dev.hitless.iommu.conformance.trace.Fault;
import dev.hitless.iommu.conformance.trace.Recording;
import dev.hitless.iommu.conformance.trace.Trace;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A CPU address space dies while devices share it, with one fallible call after the other failing in each way. The driver
 * cannot refuse: from then on everything that used it is blocked, though attached still, and a warning says so if copies
 * may be left. Then it is detached everywhere, which drops those, and frees everything.
 */
final class FaultedDeathScenario implements Scenario {
    /** Users go one after the other, so an IOTLB invalidation for the second follows the first one's device. */
    private static final Set<Rule> OF_ONE_USER = EnumSet.of(Rule.DRV_16);

    private final Target target;
    private final Judge judge;
    private final Variant variant;
    private final DomainKind kind;
    private final boolean withPasid;

    /** @param kind of shared address spaces */
    FaultedDeathScenario(Target target, Judge judge, Variant variant, DomainKind kind, boolean withPasid) {
        if (kind.type() != DomainType.SVA) {
            throw new IllegalArgumentException("a domain of kind " + kind + " does not die by itself");
        }
        this.target = target;
        this.judge = judge;
        this.variant = variant;
        this.kind = kind;
        this.withPasid = withPasid;
    }

    @Override
    public String name() {
        return "faults/address-space-dies/" + (withPasid ? "pasid/" : "rid/") + variant;
    }

    @Override
    public Set<Rule> exercises() {
        return EnumSet.of(
                Rule.DRV_01,
                Rule.DRV_02,
                Rule.DRV_04,
                Rule.DRV_05,
                Rule.DRV_06,
                Rule.DRV_07,
                Rule.DRV_08,
                Rule.DRV_13,
                Rule.DRV_18,
                Rule.DRV_24);
    }

    @Override
    public ScenarioResult run() {
        FaultedRuns runs = new FaultedRuns(judge);
        Attempt undisturbed = new Attempt(Fault.NO_MEMORY, 0);
        if (!undisturbed.stage.impossible().isEmpty()) {
            return ScenarioResult.notApplicable(undisturbed.stage.impossible());
        }
        Intended intended = new Intended(undisturbed.operation(undisturbed.recording.trace(), Optional.empty()));
        undisturbed.check(runs, Fault.NO_MEMORY, intended);
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
        private final PageStage stage = PageStage.set(target.machine(variant), kind, withPasid);
        private final Machine machine = stage.machine();
        private final List<Watched> streams;
        private final int warningsBefore;
        private final Recording recording;

        Attempt(Fault fault, int n) {
            List<Mapping> mapped = stage.domain().mappings();
            streams = stage.watched(mapped, List.of()).stream()
                    .map(watched -> watched.subject() ? blocked(watched) : watched)
                    .toList();
            warningsBefore = machine.platform().warnings().size();
            machine.platform().faults().arm(fault, n, stage.device().toString());
            recording = machine.platform()
                    .record(
                            stage.domain() + ": the address space dies",
                            () -> stage.domain().pages().orElseThrow().die());
            machine.platform().faults().disarm();
        }

        private static Watched blocked(Watched watched) {
            return new Watched(watched.stream(), true, watched.before(), (iova, write) -> Expected.BLOCKED);
        }

        Operation operation(Trace trace, Optional<Aftermath> aftermath) {
            return new Operation(
                    trace,
                    streams,
                    stage.probes(stage.domain().mappings().get(0)),
                    ReplaceGuarantee.HITLESS,
                    aftermath);
        }

        void check(FaultedRuns runs, Fault fault, Intended intended) {
            int end = recording.trace().end();
            runs.locksFree(recording);
            recording
                    .failure()
                    .ifPresent(failure -> runs.add(
                            Rule.DRV_08, end, "no exception: whoever tells of a death does not listen", "" + failure));
            boolean warned = machine.platform().warnings().size() > warningsBefore;
            Optional<Aftermath> aftermath = warned
                    ? Optional.of(new Aftermath(Aftermath.State.FENCED, FailedChange.excuse(fault), true, intended))
                    : Optional.empty();
            runs.judge(operation(recording.trace(), aftermath), machine, OF_ONE_USER);
            runs.tracking(machine, end);
            if (isGone()) {
                releaseTheGone(runs);
            } else {
                detachEverywhere(runs, intended);
            }
            runs.tornDown(machine);
        }

        private boolean isGone() {
            return !stage.device().device().description().function().isPresent();
        }

        private void releaseTheGone(FaultedRuns runs) {
            Recording release = machine.recordRelease(stage.device());
            release.failure()
                    .ifPresent(failure -> runs.add(
                            Rule.DRV_18, release.trace().end(), "release of a device that is gone", "" + failure));
        }

        /** Hardware works again: nobody may know the address space any more then. */
        private void detachEverywhere(FaultedRuns runs, Intended intended) {
            Recording detached = machine.platform().record("detach " + stage.domain(), this::detach);
            Operation both = operation(
                    recording.trace().followedBy(detached.trace()),
                    Optional.of(new Aftermath(Aftermath.State.SETTLED, Aftermath.Excuse.NONE, true, intended)));
            if (runs.succeeds("detaching the dead address space", detached, recorded -> both)) {
                runs.judge(both, machine, OF_ONE_USER);
            }
            runs.locksFree(detached);
        }

        private void detach() {
            for (TestDevice device : machine.devices()) {
                for (Pasid pasid : List.copyOf(machine.meant(device).keySet())) {
                    if (machine.attached(device, pasid) == stage.domain()) {
                        machine.set(device, pasid, machine.blocked());
                    }
                }
            }
        }
    }
}
