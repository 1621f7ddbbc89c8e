package dev.hitless.iommu.exactness;

import dev.hitless.iommu.conformance.observe.Assumptions;
import dev.hitless.iommu.conformance.observe.Stream;
import dev.hitless.iommu.conformance.trace.Trace;
import dev.hitless.iommu.conformance.trace.TraceEvent;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Plays a trace, step by step, and notes what requests for one address meet at each instant. */
final class TracePlayer {
    private static final int MOST_STORES = 12;

    private record Asked(Stream stream, boolean write) {}

    private final Trace trace;
    private final List<Stream> streams;
    private final PlayedMemory memory;
    private final PlayedCommands commands;
    private final PlayedHardware hardware;
    private final List<Set<String>> ats = new ArrayList<>();
    private final List<Map<Asked, Set<Met>>> met = new ArrayList<>();
    private final List<Map<Long, List<Held>>> visited = new ArrayList<>();
    private final Set<Integer> eventful = new HashSet<>();
    private long states;
    private long mostStates;

    TracePlayer(Trace trace, List<Stream> streams, long iova, Assumptions assumptions) {
        this.trace = trace;
        this.streams = streams;
        this.memory = new PlayedMemory(trace, assumptions);
        this.commands = new PlayedCommands(trace, assumptions);
        this.hardware = new PlayedHardware(trace.walker(), memory, commands, streams, iova);
        Set<String> on = new HashSet<>(trace.atsOn());
        for (int t = 0; t <= trace.end(); t++) {
            if (trace.events().get(t) instanceof TraceEvent.FunctionControl control
                    && control.feature() == TraceEvent.FunctionControl.Feature.ATS) {
                on.remove(control.device());
                if (control.enabled()) {
                    on.add(control.device());
                }
            }
            ats.add(Set.copyOf(on));
            met.add(new HashMap<>());
            visited.add(new HashMap<>());
        }
    }

    /** Each reader for itself: one course of events, in which everything is held that can be. */
    void playEachForItself() {
        Held held = new Held();
        for (int t = 0; t <= trace.end(); t++) {
            if (differs(t)) {
                if (t > 0) {
                    hardware.readBeforeItGoes(t);
                    held = age(held, t);
                }
                eventful.add(t);
                hardware.run(t, PlayedMemory.EACH_FOR_ITSELF, held, ats.get(t));
                note(t);
                states++;
            } else {
                met.set(t, met.get(t - 1));
            }
        }
    }

    private boolean differs(int t) {
        return t == 0 || !ats.get(t).equals(ats.get(t - 1)) || commands.changes(t) || memory.changes(t);
    }

    private Held age(Held held, int t) {
        Held left = held.aged(commands.submittedAt(t), commands.seenBy(t));
        left.dropDevicesOf(streams.stream()
                .filter(stream -> !ats.get(t).contains(stream.device()))
                .map(Stream::requesterId)
                .toList());
        return left;
    }

    private void note(int t) {
        for (Stream stream : streams) {
            for (boolean write : new boolean[] {false, true}) {
                met.get(t)
                        .computeIfAbsent(new Asked(stream, write), asked -> new HashSet<>())
                        .addAll(hardware.meets(stream, write, ats.get(t)));
            }
        }
    }

    /**
     * After {@link #playEachForItself}: every schedule of the stores that somebody read, in memory that is the same for all
     * readers.
     *
     * @return false if there are too many stores or states
     */
    boolean playEverySchedule(long limit) {
        if (!memory.number()) {
            return false;
        }
        // As many stores are pending in any order: the rest is not worth beginning.
        if (memory.storeCount() > MOST_STORES) {
            return false;
        }
        mostStates = limit;
        states = 0;
        met.replaceAll(old -> new HashMap<>());
        if (!explore(0, memory.forced(0, 0), new Held())) {
            return false;
        }
        for (int t = 1; t <= trace.end(); t++) {
            if (!eventful.contains(t)) {
                met.set(t, met.get(t - 1));
            }
        }
        return true;
    }

    private boolean explore(int t, long visible, Held held) {
        if (eventful.contains(t)) {
            if (++states > mostStates) {
                return false;
            }
            hardware.run(t, visible, held, ats.get(t));
            List<Held> known = visited.get(t).computeIfAbsent(visible, v -> new ArrayList<>());
            if (known.stream().anyMatch(earlier -> earlier.isAtLeast(held))) {
                return true;
            }
            note(t);
            known.add(held);
            for (int s = 0; s < memory.storeCount(); s++) {
                if (memory.canBecomeVisible(s, t, visible) && !explore(t, visible | 1L << s, held.copy())) {
                    return false;
                }
            }
        }
        return t == trace.end() || explore(t + 1, memory.forced(t + 1, visible), age(held, t + 1));
    }

    /** States of the simulator. */
    long states() {
        return states;
    }

    /** Whether anything can have become different at {@code instant}. */
    boolean isEventful(int instant) {
        return eventful.contains(instant);
    }

    /** Everything that a request of the stream met at {@code instant}. */
    Set<Met> met(int instant, Stream stream, boolean write) {
        return met.get(instant).getOrDefault(new Asked(stream, write), Set.of());
    }
}
