package dev.hitless.iommu.driver.amdvi;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hitless.iommu.conformance.judge.Fingerprint;
import dev.hitless.iommu.conformance.machine.Machine;
import dev.hitless.iommu.conformance.overlap.Overlap;
import dev.hitless.iommu.conformance.overlap.Overlaps;
import dev.hitless.iommu.conformance.overlap.Scene;
import dev.hitless.iommu.conformance.schedule.Interleaver;
import dev.hitless.iommu.conformance.schedule.LockOrder;
import dev.hitless.iommu.conformance.schedule.ScheduleSearch;
import dev.hitless.iommu.conformance.trace.NamedOperation;
import dev.hitless.iommu.conformance.trace.OverlapRecording;
import dev.hitless.iommu.conformance.trace.SharedState;
import dev.hitless.iommu.conformance.trace.Trace;
import dev.hitless.iommu.conformance.trace.TraceEvent;
import dev.hitless.iommu.hardware.HardwareConfiguration;
import dev.hitless.iommu.hardware.HardwareModelProvider;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Leaving out switch points that make no difference makes none: the same effects in the same orders, from fewer schedules. */
class SwitchPointsTest {
    private static final int PREEMPTIONS = 2;

    private final HardwareModelProvider hardware = ServiceLoader.load(HardwareModelProvider.class).stream()
            .map(ServiceLoader.Provider::get)
            .filter(model -> model.family().equals("amdvi"))
            .findFirst()
            .orElseThrow();

    @ParameterizedTest
    @ValueSource(strings = {"beside/map-in-old", "beside/unmap-in-new", "beside/attach-in-same-new-leaf"})
    void noTraceIsLost(String name) {
        SharedState learnt = new SharedState();
        Set<Fingerprint> pruned = new HashSet<>();
        long schedules;
        do {
            learnt.freeze();
            schedules = play(name, learnt, pruned);
        } while (learnt.hasGrown());

        Set<Fingerprint> all = new HashSet<>();
        long allSchedules = play(name, SharedState.everything(), all);

        assertThat(pruned.equals(all))
                .as("%d traces instead of %d", pruned.size(), all.size())
                .isTrue();
        assertThat(schedules).isLessThan(allSchedules);
    }

    private long play(String name, SharedState shared, Set<Fingerprint> into) {
        Overlap overlap = Overlaps.of(machine().driver().capabilities()).stream()
                .filter(candidate -> candidate.name().equals("pasid/v2-4-level->v2-4-level/" + name))
                .findFirst()
                .orElseThrow();
        ScheduleSearch search = new ScheduleSearch(PREEMPTIONS);
        LockOrder order = new LockOrder();
        try (Interleaver interleaver = new Interleaver(search)) {
            while (search.next()) {
                Scene scene = overlap.on(machine());
                List<NamedOperation> operations = scene.operations().stream()
                        .map(operation -> new NamedOperation(operation.name(), operation::run))
                        .toList();
                into.add(Fingerprint.of(
                        essence(scene.machine().platform().recordOverlapping(operations, interleaver, order, shared))));
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
        List<TraceEvent> events = trace.events().stream()
                .filter(event -> !(event instanceof TraceEvent.EndOf) && !isInNewPage(trace, event))
                .toList();
        return new OverlapRecording(
                new Trace(events, trace.before(), trace.after(), trace.walker(), trace.postedWrites(), trace.atsOn()),
                recording.outcomes(),
                recording.deadlock(),
                recording.commandPages());
    }

    private static boolean isInNewPage(Trace trace, TraceEvent event) {
        return event instanceof TraceEvent.Store store
                && trace.events().stream()
                        .anyMatch(other -> other instanceof TraceEvent.Alloc alloc
                                && store.address() >= alloc.address()
                                && store.address() < alloc.address() + alloc.lengthBytes());
    }

    private Machine machine() {
        return new Machine(
                hardware, HardwareConfiguration.of(hardware.options(), Map.of()), new AmdviDriverProvider(), true);
    }
}
