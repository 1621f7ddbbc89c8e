package dev.hitless.iommu.stress;

import dev.hitless.iommu.conformance.fast.FastPlatform;
import dev.hitless.iommu.hardware.DmaRequest;
import dev.hitless.iommu.hardware.Translation;
import java.util.Optional;

/**
 * A request whose translation goes back and forth between two outcomes, by calls of one thread. While no call is under way
 * it must be what the last one made it; during a call it may be either.
 */
final class Watched {
    /** The request is answered by a fault. */
    static final long FAULT = -1;

    private static final int CHANGING = 2;
    private static final int STATES = 4;

    private final String what;
    private final DmaRequest request;
    private final long[] outcomes;
    /** Number of the call, times {@link #STATES}, plus 0 or 1 for an outcome or {@link #CHANGING}. */
    private volatile long state;

    /** @param first the outcome now */
    Watched(String what, DmaRequest request, long first, long second) {
        this.what = what;
        this.request = request;
        this.outcomes = new long[] {first, second};
    }

    /** Makes {@code call}, which changes the outcome to number {@code next}. */
    void change(int next, Runnable call) {
        long number = state / STATES + 1;
        state = number * STATES + CHANGING;
        call.run();
        state = (number + 1) * STATES + next;
    }

    /** Does DMA once. Returns what is wrong with it. */
    Optional<String> look(FastPlatform.Device device) {
        long before = state;
        Translation translation = device.translate(request);
        long outcome = translation.isFault() ? FAULT : translation.output(request.iova());
        int which = (int) (before % STATES);
        boolean right = before == state && which != CHANGING
                ? outcome == outcomes[which]
                : outcome == outcomes[0] || outcome == outcomes[1];
        return right
                ? Optional.empty()
                : Optional.of(what + ": " + translation + " in state " + which + ", call " + before / STATES);
    }
}
