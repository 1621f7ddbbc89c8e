package dev.hitless.iommu.conformance.scenario;

import dev.hitless.iommu.conformance.trace.Trace;
import dev.hitless.iommu.conformance.trace.TraceEvent;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What of a trace decides which translations hardware could have used: stores and cache cleans outside of command queues,
 * allocations, barriers, commands that were seen complete. A command that was never seen complete forbids nothing.
 *
 * @param steps what happened, in order
 */
record Likeness(List<Object> steps) {
    private enum Mark {
        BARRIER,
        FLUSH,
        SUCCESS,
        FAILURE
    }

    private record Sent(int ordinal, String command) {}

    private record Seen(int ordinal) {}

    /** @param queuePages pages that hardware fetches commands from, by {@code address >>> 12} */
    static Likeness of(Trace trace, Set<Long> queuePages) {
        Set<Integer> seen = new HashSet<>();
        for (TraceEvent event : trace.events()) {
            if (event instanceof TraceEvent.Observed completion) {
                seen.add(completion.number());
            }
        }
        Map<Integer, Integer> ordinals = new HashMap<>();
        List<Object> steps = new ArrayList<>();
        for (TraceEvent event : trace.events()) {
            if (event instanceof TraceEvent.Barrier || event instanceof TraceEvent.RegisterWrite) {
                addOnce(steps, Mark.BARRIER);
            } else if (event instanceof TraceEvent.WriteBufferFlush) {
                addOnce(steps, Mark.FLUSH);
            } else if (event instanceof TraceEvent.Submitted command) {
                if (seen.contains(command.number())) {
                    ordinals.put(command.number(), ordinals.size());
                    steps.add(
                            new Sent(ordinals.size() - 1, command.invalidation().describe()));
                }
            } else if (event instanceof TraceEvent.Observed completion) {
                // One that was sent before the operation began has no ordinal.
                steps.add(new Seen(ordinals.getOrDefault(completion.number(), -1 - completion.number())));
            } else if (event instanceof TraceEvent.End end) {
                steps.add(end.failure().isEmpty() ? Mark.SUCCESS : Mark.FAILURE);
            } else if (decides(event, queuePages)) {
                steps.add(event);
            }
        }
        return new Likeness(steps);
    }

    /**
     * Whether DMA can have met nothing here that it could not have met there, both having begun alike: this is the same but
     * for commands that were given once more, and barriers. Both only forbid.
     */
    boolean forbidsAsMuchAs(Likeness other) {
        Map<Integer, Integer> ordinals = new HashMap<>();
        int at = 0;
        for (Object step : other.steps) {
            while (at < steps.size() && !isSame(steps.get(at), step, ordinals)) {
                if (!onlyForbids(steps.get(at))) {
                    return false;
                }
                at++;
            }
            if (at == steps.size()) {
                return false;
            }
            at++;
        }
        return steps.subList(at, steps.size()).stream().allMatch(Likeness::onlyForbids);
    }

    private static boolean isSame(Object mine, Object others, Map<Integer, Integer> ordinals) {
        if (mine instanceof Sent sent && others instanceof Sent sentThere) {
            boolean same = sent.command().equals(sentThere.command());
            if (same) {
                ordinals.put(sentThere.ordinal(), sent.ordinal());
            }
            return same;
        }
        if (mine instanceof Seen seen && others instanceof Seen seenThere) {
            return seen.ordinal() == ordinals.getOrDefault(seenThere.ordinal(), seenThere.ordinal());
        }
        return mine.equals(others);
    }

    private static boolean onlyForbids(Object step) {
        return step instanceof Sent || step instanceof Seen || step == Mark.BARRIER || step == Mark.FLUSH;
    }

    private static void addOnce(List<Object> steps, Mark mark) {
        if (steps.isEmpty() || steps.get(steps.size() - 1) != mark) {
            steps.add(mark);
        }
    }

    private static boolean decides(TraceEvent event, Set<Long> queuePages) {
        if (event instanceof TraceEvent.Store store) {
            return !queuePages.contains(store.address() >>> 12);
        }
        if (event instanceof TraceEvent.CacheClean clean) {
            return !queuePages.contains(clean.address() >>> 12);
        }
        return event instanceof TraceEvent.Alloc
                || event instanceof TraceEvent.Free
                || event instanceof TraceEvent.FunctionControl;
    }
}
