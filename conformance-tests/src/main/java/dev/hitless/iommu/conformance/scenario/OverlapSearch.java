package dev.hitless.iommu.conformance.scenario;

import dev.hitless.iommu.conformance.judge.Finding;
import dev.hitless.iommu.conformance.judge.Fingerprint;
import dev.hitless.iommu.conformance.judge.OverlapJudge;
import dev.hitless.iommu.conformance.observe.Assumptions;
import dev.hitless.iommu.conformance.overlap.Overlap;
import dev.hitless.iommu.conformance.overlap.Overlaps;
import dev.hitless.iommu.conformance.overlap.Scene;
import dev.hitless.iommu.conformance.rules.Rule;
import dev.hitless.iommu.conformance.schedule.Interleaver;
import dev.hitless.iommu.conformance.schedule.LockOrder;
import dev.hitless.iommu.conformance.schedule.ScheduleSearch;
import dev.hitless.iommu.conformance.trace.NamedOperation;
import dev.hitless.iommu.conformance.trace.OverlapRecording;
import dev.hitless.iommu.conformance.trace.SharedState;
import dev.hitless.iommu.conformance.trace.Trace;
import dev.hitless.iommu.conformance.trace.TraceEvent;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;

/** One overlap on the usual hardware, searched leaving out this or that: for holding one search against another. */
public final class OverlapSearch {
    private final Target target;
    private final Variant variant;
    private final Overlap overlap;
    private final int preemptions;

    /**
     * @param name of the overlap
     * @param preemptions most preemptions in one schedule
     */
    public OverlapSearch(Target target, String name, int preemptions) {
        this.target = target;
        this.variant = Variant.of(target.hardware().options(), Map.of());
        this.preemptions = preemptions;
        this.overlap = Overlaps.of(target.machine(variant).driver().capabilities()).stream()
                .filter(candidate -> candidate.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("there is no overlap " + name));
    }

    /**
     * What a search came upon.
     *
     * @param traces what counts of each trace
     * @param schedules how many it played last
     */
    public record Traces(Set<Fingerprint> traces, long schedules) {
        public Traces {
            traces = Set.copyOf(traces);
        }
    }

    /** Every trace that the search comes upon; anew, as long as what it leaves out is still being learnt. */
    public Traces traces(SharedState shared) {
        Set<Fingerprint> traces = new HashSet<>();
        long schedules;
        do {
            shared.freeze();
            schedules = playAll(shared, traces);
        } while (shared.hasGrown());
        return new Traces(traces, schedules);
    }

    private long playAll(SharedState shared, Set<Fingerprint> into) {
        ScheduleSearch search = new ScheduleSearch(preemptions);
        LockOrder order = new LockOrder();
        try (Interleaver interleaver = new Interleaver(search)) {
            while (search.next()) {
                Scene scene = scene();
                into.add(Fingerprint.of(essence(scene.machine()
                        .platform()
                        .recordOverlapping(
                                scene.operations().stream()
                                        .map(operation -> new NamedOperation(operation.name(), operation::run))
                                        .toList(),
                                interleaver,
                                order,
                                shared))));
            }
        }
        return search.schedules();
    }

    /**
     * Without what commutes: an operation of which nothing but its end is left may as well end at once, and what is stored
     * into a new page before anything leads there may as well be stored a little later.
     */
    private static OverlapRecording essence(OverlapRecording recording) {
        Trace trace = recording.trace();
        Set<Long> newPages = new HashSet<>();
        for (TraceEvent event : trace.events()) {
            if (event instanceof TraceEvent.Alloc alloc) {
                for (long page = alloc.address() >>> 12; page << 12 < alloc.address() + alloc.lengthBytes(); page++) {
                    newPages.add(page);
                }
            }
        }
        return new OverlapRecording(
                new Trace(
                        trace.events().stream()
                                .filter(event -> !(event instanceof TraceEvent.EndOf)
                                        && !(event instanceof TraceEvent.Store store
                                                && newPages.contains(store.address() >>> 12)))
                                .toList(),
                        trace.before(),
                        trace.after(),
                        trace.walker(),
                        trace.postedWrites(),
                        trace.atsOn()),
                recording.outcomes(),
                recording.deadlock(),
                recording.commandPages());
    }

    /** Ids of the rules that are found broken, by a search that does not stop at the first. */
    public Set<String> brokenRules(Supplier<SharedState> learners) {
        OneAfterTheOther orders = new OneAfterTheOther(this::scene);
        if (!orders.impossible().isEmpty()) {
            throw new IllegalArgumentException(overlap + ": " + orders.impossible());
        }
        OverlapChecks checks = new OverlapChecks(new OverlapJudge(Assumptions.WEAK, orders.carryOut()));
        SharedState shared = learners.get();
        do {
            shared.freeze();
            checks.playAll(new ScheduleSearch(preemptions), this::scene, shared, false);
        } while (shared.hasGrown());
        checks.lockOrder();
        Set<String> broken = new TreeSet<>();
        checks.result().findings().stream().map(Finding::rule).map(Rule::id).forEach(broken::add);
        return broken;
    }

    private Scene scene() {
        return overlap.on(target.machine(variant));
    }
}
