package dev.hitless.iommu.conformance.observe;

import dev.hitless.iommu.conformance.trace.Trace;
import dev.hitless.iommu.conformance.trace.TraceEvent;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Plays every schedule of a trace on a toy IOMMU, step by step, and notes what each request met at each instant.
 *
 * <p>A state is an instant, the stores that are visible, and everything that hardware holds. The steps: one pending store
 * becomes visible; the next event of the trace happens (which may force stores to become visible, mark what a submitted
 * command covers as stale, or drop what is stale when completion is seen); hardware reads one quantum, keeps a copy,
 * finishes a translation, answers a device. Holding one copy never prevents anything, so hardware is taken to fetch all
 * that it can as soon as it can and as often as it can, and never to drop a copy before it must: every other course of
 * events sees a part of this one.
 */
final class ScheduleExplorer {
    private final Trace trace;
    private final SimulatedMemory memory;
    private final Coverage coverage;
    private final SimulatedHardware hardware;
    private final List<Map<Long, List<LongSet>>> visited = new ArrayList<>();
    private long states;

    ScheduleExplorer(Trace trace, ToyHardware toy, ToyPages pages, long base, Assumptions assumptions) {
        this.trace = trace;
        this.memory = new SimulatedMemory(trace, toy, assumptions, pages);
        this.coverage = new Coverage(trace, toy, assumptions);
        this.hardware = new SimulatedHardware(toy, base, memory, coverage, trace.end() + 1);
        for (int t = 0; t <= trace.end(); t++) {
            visited.add(new HashMap<>());
        }
    }

    /** Plays all schedules; false if there were more than {@code mostStates} states. */
    boolean explore(long mostStates) {
        Set<Integer> ats = new HashSet<>();
        for (Stream stream : ToyMachine.STREAMS) {
            if (trace.atsOn().contains(stream.device())) {
                ats.add(stream.requesterId());
            }
        }
        return explore(0, memory.forced(0, 0), new LongSet(), ats, mostStates);
    }

    private boolean explore(int instant, long visible, LongSet held, Set<Integer> ats, long mostStates) {
        hardware.run(instant, visible, held, ats);
        List<LongSet> known = visited.get(instant).computeIfAbsent(visible, v -> new ArrayList<>());
        for (LongSet earlier : known) {
            if (earlier.containsAll(held)) {
                return true;
            }
        }
        known.add(held);
        if (++states > mostStates) {
            return false;
        }
        for (int s = 0; s < memory.storeCount(); s++) {
            if (memory.canBecomeVisible(s, instant, visible)
                    && !explore(instant, visible | 1L << s, held.copy(), ats, mostStates)) {
                return false;
            }
        }
        return instant == trace.end() || advance(instant + 1, visible, held, ats, mostStates);
    }

    private boolean advance(int instant, long visible, LongSet held, Set<Integer> ats, long mostStates) {
        Set<Integer> atsThen = ats;
        if (trace.events().get(instant) instanceof TraceEvent.FunctionControl control
                && control.feature() == TraceEvent.FunctionControl.Feature.ATS) {
            atsThen = new HashSet<>(ats);
            for (Stream stream : ToyMachine.STREAMS) {
                if (stream.device().equals(control.device())) {
                    atsThen.remove(stream.requesterId());
                    if (control.enabled()) {
                        atsThen.add(stream.requesterId());
                    }
                }
            }
        }
        LongSet left = new LongSet();
        int submitted = coverage.submittedAt(instant);
        int seen = coverage.seenBy(instant);
        for (int i = 0; i < held.size(); i++) {
            long copy = hardware.aged(held.get(i), submitted, seen);
            if (copy >= 0 && (Copy.form(copy) != Copy.DEVICE || atsThen.contains(Copy.requester(copy)))) {
                left.add(copy);
            }
        }
        return explore(instant, memory.forced(instant, visible), left, atsThen, mostStates);
    }

    /** Distinct states. */
    long states() {
        return states;
    }

    /** Everything that a request of the stream for the page met at {@code instant} in some schedule. */
    Set<Outcome> outcomes(int instant, Stream stream, int page) {
        BitSet met = hardware.met(instant, stream.requesterId(), page);
        Set<Outcome> outcomes = new HashSet<>();
        met.stream().forEach(id -> outcomes.add(hardware.outcome(id)));
        return outcomes;
    }

    /** Every finished translation that the IOMMU held at {@code instant} in some schedule. */
    Set<SimulatedHardware.HeldTranslation> translations(int instant) {
        return hardware.translations(instant);
    }
}
