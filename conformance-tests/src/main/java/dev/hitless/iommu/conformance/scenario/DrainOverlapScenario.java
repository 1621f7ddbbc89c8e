package dev.hitless.iommu.conformance.scenario;

import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.api.ReplaceGuarantee;
import dev.hitless.iommu.conformance.judge.Finding;
import dev.hitless.iommu.conformance.judge.Operation;
import dev.hitless.iommu.conformance.machine.Machine;
import dev.hitless.iommu.conformance.machine.ModelledDomain;
import dev.hitless.iommu.conformance.machine.TestDevice;
import dev.hitless.iommu.conformance.rules.Rule;
import dev.hitless.iommu.conformance.schedule.Interleaver;
import dev.hitless.iommu.conformance.schedule.LockOrder;
import dev.hitless.iommu.conformance.schedule.ScheduleSearch;
import dev.hitless.iommu.conformance.trace.NamedOperation;
import dev.hitless.iommu.conformance.trace.OverlapRecording;
import dev.hitless.iommu.conformance.trace.SharedState;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A domain is replaced while an interrupt has the driver hand over page requests, one of which is of that PASID, in every
 * schedule up to a number of preemptions. Whoever hands it over, it has been when the replacement returns: also when the
 * interrupt has taken it from the hardware's queue and gets no further, so that whoever drains finds nothing there.
 */
final class DrainOverlapScenario implements Scenario {
    private static final Pasid PASID = Pasid.of(0x5);
    private static final int GROUP = 1;

    private final Target target;
    private final Variant variant;
    private final Transition transition;
    private final int preemptions;

    /** @param preemptions most preemptions in one schedule */
    DrainOverlapScenario(Target target, Variant variant, Transition transition, int preemptions) {
        this.target = target;
        this.variant = variant;
        this.transition = transition;
        this.preemptions = preemptions;
    }

    @Override
    public String name() {
        return transition + "/beside/page-requests/" + variant;
    }

    @Override
    public Set<Rule> exercises() {
        return EnumSet.of(Rule.DRV_19, Rule.DRV_22);
    }

    /** A machine with the request in the hardware's queue. */
    private final class Scene {
        private final Machine machine = target.machine(variant);
        private final TestDevice device = machine.probeWithPageRequests("device-a", 0x0020);
        private final ModelledDomain from = machine.domain(transition.from());
        private final ModelledDomain to = machine.domain(transition.to());
        private boolean handedOverInTime;

        /** False: the driver or the hardware does not do that. */
        boolean set() {
            machine.set(device, PASID, from);
            if (machine.promise(device, Pasid.NONE, from) != ReplaceGuarantee.UNSUPPORTED) {
                // Hardware may take no page requests of a device whose requests without PASID are blocked.
                machine.set(device, Pasid.NONE, from);
            }
            return machine.promise(device, PASID, to) != ReplaceGuarantee.UNSUPPORTED
                    && machine.platform().model().pageRequest(0x0020, PASID.value(), GROUP, true, 0x1000, true, false);
        }

        List<NamedOperation> operations() {
            return List.of(
                    new NamedOperation(from + " -> " + to, () -> {
                        to.domain().setDevPasid(device.device(), PASID, from.domain());
                        handedOverInTime = isHandedOver();
                    }),
                    new NamedOperation("interrupt", machine.driver()::serviceEvents));
        }

        boolean isHandedOver() {
            return machine.platform().pageRequests().size() == 1;
        }
    }

    @Override
    public ScenarioResult run() {
        if (!new Scene().set()) {
            return ScenarioResult.notApplicable("no page requests beside " + transition);
        }
        Run run = new Run();
        SharedState shared = new SharedState();
        ScheduleSearch search = new ScheduleSearch(0);
        run.playAll(search, shared);
        while (preemptions > 0 && run.findings.isEmpty()) {
            shared.freeze();
            search = new ScheduleSearch(preemptions);
            run.playAll(search, shared);
            if (!shared.hasGrown()) {
                break;
            }
        }
        run.order
                .inversion()
                .ifPresent(circle -> run.add(Rule.DRV_22, "locks are taken in one order by everybody", circle));
        return ScenarioResult.of(run.findings, 0, run.played, run.evidence).withSchedules(search.schedules());
    }

    /** All schedules, up to the first that breaks a rule. */
    private final class Run {
        private final LockOrder order = new LockOrder();
        private final List<Finding> findings = new ArrayList<>();
        private Optional<Operation> evidence = Optional.empty();
        private int played;

        void playAll(ScheduleSearch search, SharedState shared) {
            try (Interleaver interleaver = new Interleaver(search)) {
                while (findings.isEmpty() && search.next()) {
                    Scene scene = new Scene();
                    scene.set();
                    OverlapRecording recording =
                            scene.machine.platform().recordOverlapping(scene.operations(), interleaver, order, shared);
                    played++;
                    check(scene, recording);
                    if (!findings.isEmpty()) {
                        evidence = Optional.of(Operation.unwatched(recording.trace()));
                    }
                }
            }
        }

        private void check(Scene scene, OverlapRecording recording) {
            recording
                    .deadlock()
                    .ifPresent(circle -> add(Rule.DRV_22, "every operation comes to its end", "deadlock: " + circle));
            for (OverlapRecording.Outcome outcome : recording.outcomes()) {
                outcome.failure()
                        .ifPresent(
                                failure -> add(Rule.DRV_22, "both succeed, as they do alone", String.valueOf(failure)));
                if (!outcome.locksHeld().isEmpty()) {
                    add(Rule.DRV_22, "no lock held afterwards", "still held: " + outcome.locksHeld());
                }
            }
            if (findings.isEmpty() && !scene.handedOverInTime) {
                add(
                        Rule.DRV_19,
                        "the page request of the old domain is handed over, once, before the replacement returns",
                        scene.isHandedOver() ? "it was handed over afterwards" : "it was not, or not once");
            }
        }

        void add(Rule rule, String expected, String observed) {
            findings.add(Finding.of(rule, -1, expected, observed));
        }
    }
}
