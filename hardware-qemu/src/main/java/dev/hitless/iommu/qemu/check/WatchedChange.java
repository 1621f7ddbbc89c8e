package dev.hitless.iommu.qemu.check;

import dev.hitless.iommu.api.DomainType;
import dev.hitless.iommu.conformance.judge.Finding;
import dev.hitless.iommu.conformance.observe.Stream;
import dev.hitless.iommu.conformance.trace.Trace;
import dev.hitless.iommu.qemu.unit.Departure;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/** Asks the two questions of everything that was met during a change. */
final class WatchedChange {
    private final String scenario;
    private final QemuMachine machine;
    private final Tally tally;

    WatchedChange(String scenario, QemuMachine machine, Tally tally) {
        this.scenario = scenario;
        this.machine = machine;
        this.tally = tally;
    }

    void check(Change change, Watch watch, List<Seen> seen) {
        Trace trace = change.recording().trace();
        List<Stream> streams = new ArrayList<>(List.of(watch.subject().stream()));
        watch.bystander().ifPresent(device -> streams.add(device.stream()));
        ModelComparison model = new ModelComparison(
                trace, streams, watch.asked(), machine.iommu().departures(), machine.departures());
        DmaJudge judge = new DmaJudge(change, watch);
        List<Finding> findings = new ArrayList<>();
        List<String> events = new ArrayList<>();
        long compared = 0;
        for (Seen one : seen) {
            if (passedThroughForever(one)) {
                continue;
            }
            judge.judge(one).ifPresent(found -> {
                findings.add(found);
                events.add(trace.events().get(one.instant()).describe());
            });
            compared++;
            model.disagreement(one).ifPresent(what -> tally.disagree(scenario, what));
        }
        tally.judged(scenario, judge.exercised(), seen.size(), findings, events);
        tally.watched(watch.instants(), compared);
    }

    /** See {@link Departure#PASS_THROUGH_STICKS}: says nothing of the driver. */
    private boolean passedThroughForever(Seen seen) {
        TestDomain attached = seen.device().attached();
        boolean meant = attached.kind().type() == DomainType.IDENTITY;
        boolean sticks = machine.iommu().departures().contains(Departure.PASS_THROUGH_STICKS)
                && seen.device().hadIdentity()
                && !meant
                && seen.reached().equals(OptionalLong.of(seen.iova()));
        if (sticks) {
            machine.departures().add(Departure.PASS_THROUGH_STICKS);
        }
        return sticks;
    }
}
