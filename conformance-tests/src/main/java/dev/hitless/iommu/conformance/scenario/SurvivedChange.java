package dev.hitless.iommu.conformance.scenario;

import dev.hitless.iommu.conformance.judge.Operation;
import dev.hitless.iommu.conformance.judge.Recipients;
import dev.hitless.iommu.conformance.machine.Machine;
import dev.hitless.iommu.conformance.machine.TestDevice;
import dev.hitless.iommu.conformance.rules.Rule;
import dev.hitless.iommu.conformance.trace.Recording;
import java.util.Map;

/** A change that got over a fault: as good as one without. */
final class SurvivedChange {
    private final FaultedRuns runs;
    private final FaultedChangeScenario.Attempt attempt;
    private final SettledBytes settled;

    /** @param settled what is allocated after the change without a fault */
    SurvivedChange(FaultedRuns runs, FaultedChangeScenario.Attempt attempt, SettledBytes settled) {
        this.runs = runs;
        this.attempt = attempt;
        this.settled = settled;
    }

    void check() {
        runs.judge(attempt.operation(), attempt.machine);
        runs.tracking(attempt.machine, attempt.recording.trace().end());
        runs.locksFree(attempt.recording);
        runs.bytes(attempt.machine, settled.changed(), "as after the change without a fault");
        if (!attempt.stage.device().device().description().function().isPresent()) {
            releaseTheGone(runs, attempt);
        } else {
            attempt.requireDrained(runs);
        }
        attempt.settleRequests(runs);
        runs.tornDown(attempt.machine);
    }

    /** As {@link #releaseTheGone(FaultedRuns, Machine, TestDevice)}, of the device whose domain was changed. */
    static void releaseTheGone(FaultedRuns runs, FaultedChangeScenario.Attempt attempt) {
        releaseTheGone(runs, attempt.machine, attempt.stage.device());
    }

    /** A device that is gone can be released, with domains attached, and nothing is sent to it. */
    static void releaseTheGone(FaultedRuns runs, Machine machine, TestDevice device) {
        Recording release = machine.recordRelease(device);
        release.failure()
                .ifPresent(failure -> runs.add(
                        Rule.DRV_18, release.trace().end(), "release of a device that is gone", failure.toString()));
        int requesterId = device.device().description().primaryRequesterId();
        runs.addAll(
                new Recipients(release.trace(), Map.of(requesterId, device.toString())).findings(),
                Operation.unwatched(release.trace()));
    }
}
