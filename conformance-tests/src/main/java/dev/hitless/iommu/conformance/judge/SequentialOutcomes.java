package dev.hitless.iommu.conformance.judge;

import dev.hitless.iommu.conformance.observe.ImageReader;
import dev.hitless.iommu.conformance.observe.Outcome;
import dev.hitless.iommu.conformance.observe.Stream;
import dev.hitless.iommu.conformance.trace.Trace;
import dev.hitless.iommu.hardware.Translation;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What requests meet when some of several operations are done and the others have not begun, read from the tables of
 * machines on which just these were carried out, one after the other. A set of operations is a mask: bit n stands for
 * operation n. Where it matters in which order they were carried out, there are several answers.
 */
public final class SequentialOutcomes {
    private final Map<Integer, List<State>> states = new HashMap<>();

    private record State(Trace trace, ImageReader tables, Map<Stream, Object> attached) {}

    /**
     * Adds what a machine came to; beside what another machine came to in another order.
     *
     * @param done the operations that were carried out
     * @param trace the last of them; or of nothing, if {@code done} is 0
     * @param attached what is behind each stream now, comparable between machines
     */
    public void add(int done, Trace trace, Map<Stream, Object> attached) {
        states.computeIfAbsent(done, unknown -> new ArrayList<>())
                .add(new State(trace, new ImageReader(trace.after()), Map.copyOf(attached)));
    }

    /** Adds everything that {@code others} know. */
    public void addAll(SequentialOutcomes others) {
        others.states.forEach((done, found) ->
                states.computeIfAbsent(done, unknown -> new ArrayList<>()).addAll(found));
    }

    /** What a read can meet; nothing if no order leads to {@code done}. */
    Set<Outcome> met(int done, Stream stream, long iova) {
        Set<Outcome> met = new LinkedHashSet<>();
        for (State state : states(done)) {
            met.add(state.tables().outcome(state.trace().walker(), stream.request(iova, false, false)));
        }
        return met;
    }

    /** The translations that a cache can hold. */
    Set<Outcome> cacheable(int done, Stream stream, long iova) {
        Set<Outcome> cacheable = new LinkedHashSet<>();
        for (State state : states(done)) {
            Translation translation =
                    state.tables().translation(state.trace().walker(), stream.request(iova, false, false));
            if (translation.cache() != null && !translation.isFault()) {
                cacheable.add(Outcome.of(translation, iova));
            }
        }
        return cacheable;
    }

    /** Whether one of the operations {@code done} has put another domain behind the stream. */
    boolean isSwitched(int done, Stream stream) {
        String before = String.valueOf(states(0).get(0).attached().get(stream));
        return states(done).stream()
                .anyMatch(state -> !String.valueOf(state.attached().get(stream)).equals(before));
    }

    private List<State> states(int done) {
        return states.getOrDefault(done, List.of());
    }
}
