package dev.hitless.iommu.conformance.explain;

import dev.hitless.iommu.conformance.trace.Trace;
import dev.hitless.iommu.conformance.trace.TraceEvent;
import java.util.ArrayList;
import java.util.List;

/**
 * Makes one step of neighbouring stores that change nothing of what requests can meet: commands being written, tables
 * being prepared. A store that does change it stays a step of its own.
 */
final class QuietStores {
    private static final int BITS_PER_BYTE = 8;

    private QuietStores() {}

    static List<Step> merged(List<Step> steps, Trace trace) {
        List<Step> merged = new ArrayList<>();
        for (Step step : steps) {
            int previous = merged.size() - 1;
            if (previous > 0 && continues(merged.get(previous - 1), merged.get(previous), step, trace)) {
                merged.set(previous, joined(merged.get(previous), step, trace));
            } else {
                merged.add(step);
            }
        }
        return merged;
    }

    /** Whether {@code step} goes on where {@code run} ends, and nobody could tell before, between and after. */
    private static boolean continues(Step before, Step run, Step step, Trace trace) {
        return trace.events().get(run.last()) instanceof TraceEvent.Store last
                && trace.events().get(step.first()) instanceof TraceEvent.Store next
                && next.address() == last.address() + bytes(last)
                && looksLike(before, run)
                && looksLike(run, step);
    }

    private static boolean looksLike(Step one, Step other) {
        return one.sights().equals(other.sights()) && one.outcomes().equals(other.outcomes());
    }

    private static Step joined(Step run, Step step, Trace trace) {
        TraceEvent.Store first = (TraceEvent.Store) trace.events().get(run.first());
        TraceEvent.Store last = (TraceEvent.Store) trace.events().get(step.last());
        long bytes = last.address() + bytes(last) - first.address();
        int stores = 0;
        for (int event = run.first(); event <= step.last(); event++) {
            stores += trace.events().get(event) instanceof TraceEvent.Store ? 1 : 0;
        }
        return new Step(
                run.first(),
                step.last(),
                run.actor(),
                stores + " stores [0x" + Long.toHexString(first.address()) + " +" + bytes + " bytes]",
                step.sights(),
                step.outcomes());
    }

    private static int bytes(TraceEvent.Store store) {
        return store.bits() / BITS_PER_BYTE;
    }
}
