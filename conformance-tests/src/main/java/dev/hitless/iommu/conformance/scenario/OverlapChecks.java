package dev.hitless.iommu.conformance.scenario;

import dev.hitless.iommu.conformance.judge.Finding;
import dev.hitless.iommu.conformance.judge.Fingerprint;
import dev.hitless.iommu.conformance.judge.Operation;
import dev.hitless.iommu.conformance.judge.OverlapJudge;
import dev.hitless.iommu.conformance.overlap.MachineOperation;
import dev.hitless.iommu.conformance.overlap.Scene;
import dev.hitless.iommu.conformance.rules.Rule;
import dev.hitless.iommu.conformance.schedule.Interleaver;
import dev.hitless.iommu.conformance.schedule.LockOrder;
import dev.hitless.iommu.conformance.schedule.ScheduleSearch;
import dev.hitless.iommu.conformance.trace.NamedOperation;
import dev.hitless.iommu.conformance.trace.OverlapRecording;
import dev.hitless.iommu.conformance.trace.SharedState;
import dev.hitless.iommu.conformance.trace.Trace;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/** Plays schedules, and collects what is wrong with them: a few findings for each rule, more say nothing new. */
final class OverlapChecks {
    private static final int MOST_PER_RULE = 3;

    private final OverlapJudge judge;
    private final LockOrder order = new LockOrder();
    private final Set<Fingerprint> judged = new HashSet<>();
    private final List<Finding> findings = new ArrayList<>();
    private final Map<Rule, Integer> counts = new EnumMap<>(Rule.class);
    private Optional<Trace> evidence = Optional.empty();

    OverlapChecks(OverlapJudge judge) {
        this.judge = judge;
    }

    boolean isClean() {
        return findings.isEmpty();
    }

    ScenarioResult result() {
        return ScenarioResult.of(findings, judge.observations(), judged.size(), evidence.map(Operation::unwatched));
    }

    /** Plays all schedules of {@code search}, each on a scene of its own. */
    void playAll(ScheduleSearch search, Supplier<Scene> scenes, SharedState shared, boolean sequential) {
        try (Interleaver interleaver = new Interleaver(search)) {
            while (search.next()) {
                Scene scene = scenes.get();
                List<NamedOperation> operations = scene.operations().stream()
                        .map(operation -> new NamedOperation(operation.name(), operation::run))
                        .toList();
                scene.armFaults();
                OverlapRecording recording =
                        scene.machine().platform().recordOverlapping(operations, interleaver, order, shared);
                scene.machine().platform().faults().disarm();
                check(scene, recording, sequential);
            }
        }
    }

    /** Over all schedules, locks were taken in one order. */
    void lockOrder() {
        order.inversion()
                .ifPresent(circle -> add(
                        Finding.of(Rule.DRV_22, -1, "locks are taken in one order by everybody", circle),
                        Optional.empty()));
    }

    private void check(Scene scene, OverlapRecording recording, boolean sequential) {
        Trace trace = recording.trace();
        recording
                .deadlock()
                .ifPresent(circle -> add(
                        Finding.of(Rule.DRV_22, trace.end(), "every operation comes to its end", "deadlock: " + circle),
                        Optional.of(trace)));
        boolean succeeded = recording.deadlock().isEmpty();
        for (int i = 0; i < recording.outcomes().size(); i++) {
            OverlapRecording.Outcome outcome = recording.outcomes().get(i);
            MachineOperation operation = scene.operations().get(i);
            if (outcome.succeeded()) {
                operation.note();
            } else {
                succeeded = false;
            }
            outcome.failure()
                    .ifPresent(failure -> add(
                            Finding.of(
                                    Rule.DRV_22,
                                    trace.end(),
                                    operation.name() + " succeeds, as it does alone",
                                    String.valueOf(failure)),
                            Optional.of(trace)));
            if (!outcome.locksHeld().isEmpty()) {
                add(
                        Finding.of(
                                Rule.DRV_22,
                                trace.end(),
                                "no lock held after " + operation.name(),
                                "still held: " + outcome.locksHeld()),
                        Optional.of(trace));
            }
        }
        if (!judged.add(Fingerprint.of(recording))) {
            return;
        }
        judge.judge(recording, sequential).forEach(finding -> add(finding, Optional.of(trace)));
        if (succeeded) {
            aftermath(scene, trace, sequential);
        }
    }

    /** What is left when all operations succeeded: the driver's record, no warnings, and nothing once all is released. */
    private void aftermath(Scene scene, Trace trace, boolean sequential) {
        Checks checks = new Checks();
        checks.tracking(scene.machine(), trace.end());
        checks.noWarnings(scene.machine(), trace.end());
        try {
            checks.tornDownClean(scene.machine());
        } catch (RuntimeException thrown) {
            checks.add(Finding.of(Rule.DRV_10, trace.end(), "everything can be released", String.valueOf(thrown)));
        }
        for (Finding finding : checks.findings()) {
            Rule rule = sequential ? finding.rule() : Rule.DRV_22;
            add(Finding.of(rule, finding.event(), finding.expected(), finding.observed()), Optional.of(trace));
        }
    }

    /** The evidence is the first trace with a finding; events of other traces are told in words. */
    private void add(Finding finding, Optional<Trace> trace) {
        if (counts.merge(finding.rule(), 1, Integer::sum) > MOST_PER_RULE) {
            return;
        }
        if (evidence.isEmpty()) {
            evidence = trace;
        }
        boolean elsewhere = !trace.equals(evidence) && finding.event() >= 0;
        String where = elsewhere
                ? ", after " + trace.orElseThrow().events().get(finding.event()).describe()
                : "";
        findings.add(new Finding(
                finding.rule(),
                elsewhere ? -1 : finding.event(),
                finding.request(),
                finding.stream(),
                finding.expected(),
                finding.observed() + where));
    }
}
