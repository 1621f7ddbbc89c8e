package dev.hitless.iommu.conformance.judge;

import dev.hitless.iommu.conformance.observe.ImageReader;
import dev.hitless.iommu.conformance.observe.Outcome;
import dev.hitless.iommu.conformance.observe.Stream;
import dev.hitless.iommu.conformance.trace.Trace;
import dev.hitless.iommu.hardware.Translation;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What requests meet when some of several operations are done and the others have not begun, read from the tables of
 * machines on which just these were carried out, one after the other. A set of operations is a mask: bit n stands for
 * operation n.
 */
public final class SequentialOutcomes {
    private final Map<Integer, State> states = new HashMap<>();

    private record State(Trace trace, ImageReader tables, Map<Stream, Object> attached) {}

    /**
     * Adds what a machine came to.
     *
     * @param done the operations that were carried out
     * @param trace the last of them; or of nothing, if {@code done} is 0
     * @param attached what is behind each stream now, comparable between machines
     */
    public void add(int done, Trace trace, Map<Stream, Object> attached) {
        states.put(done, new State(trace, new ImageReader(trace.after()), Map.copyOf(attached)));
    }

    /** What a read meets. */
    Outcome met(int done, Stream stream, long iova) {
        State state = state(done);
        return state.tables().outcome(state.trace().walker(), stream.request(iova, false, false));
    }

    /** The translation that a cache can hold; null if none. */
    @Nullable
    Outcome cacheable(int done, Stream stream, long iova) {
        State state = state(done);
        Translation translation =
                state.tables().translation(state.trace().walker(), stream.request(iova, false, false));
        return translation.cache() == null || translation.isFault() ? null : Outcome.of(translation, iova);
    }

    /** Whether one of the operations {@code done} has put another domain behind the stream. */
    boolean isSwitched(int done, Stream stream) {
        return !String.valueOf(state(done).attached().get(stream))
                .equals(String.valueOf(state(0).attached().get(stream)));
    }

    private State state(int done) {
        State state = states.get(done);
        if (state == null) {
            throw new IllegalArgumentException(
                    "operations 0b" + Integer.toBinaryString(done) + " were not carried out one after the other");
        }
        return state;
    }
}
