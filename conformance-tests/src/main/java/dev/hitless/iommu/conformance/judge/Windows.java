package dev.hitless.iommu.conformance.judge;

import dev.hitless.iommu.conformance.trace.Trace;
import dev.hitless.iommu.conformance.trace.TraceEvent;
import java.util.Arrays;
import java.util.List;

/**
 * When each of several operations was under way: from its {@link Overlapping.Onset onset}, since nobody can notice more of
 * it before, until it returned.
 */
final class Windows {
    private static final int NEVER = Integer.MAX_VALUE;

    private final int[] begins;
    private final int[] ends;
    private final boolean[] failed;

    Windows(Trace trace, int operations, Overlapping.Onset onset) {
        begins = new int[operations];
        ends = new int[operations];
        failed = new boolean[operations];
        Arrays.fill(begins, NEVER);
        Arrays.fill(ends, NEVER);
        List<TraceEvent> events = trace.events();
        int running = 0;
        for (int i = 0; i < events.size(); i++) {
            TraceEvent event = events.get(i);
            if (event instanceof TraceEvent.Switched switched) {
                running = switched.operation();
            } else if (event instanceof TraceEvent.EndOf end) {
                begins[end.operation()] = Math.min(begins[end.operation()], i);
                ends[end.operation()] = i;
                failed[end.operation()] = !end.failure().isEmpty();
            } else if (begins[running] == NEVER && isNoticed(event, onset)) {
                begins[running] = i;
            }
        }
    }

    private static boolean isNoticed(TraceEvent event, Overlapping.Onset onset) {
        return hasEffect(event)
                || (onset == Overlapping.Onset.EFFECT_OR_UNLOCK
                        && event instanceof TraceEvent.LockEvent lock
                        && !lock.taken());
    }

    private static boolean hasEffect(TraceEvent event) {
        return !(event instanceof TraceEvent.Begin
                || event instanceof TraceEvent.BeginOf
                || event instanceof TraceEvent.Load
                || event instanceof TraceEvent.RegisterRead
                || event instanceof TraceEvent.LockEvent
                || event instanceof TraceEvent.Planned);
    }

    int count() {
        return ends.length;
    }

    /** Index of the operation's end; {@link Integer#MAX_VALUE} if it never ended. */
    int end(int operation) {
        return ends[operation];
    }

    /** Ends of all operations that ended. */
    int[] ends() {
        return Arrays.stream(ends).filter(end -> end != NEVER).toArray();
    }

    /** Operations that are over at {@code instant}, failed ones left out: they must have taken effect. */
    int over(int instant) {
        int mask = 0;
        for (int i = 0; i < ends.length; i++) {
            mask |= ends[i] <= instant && !failed[i] ? 1 << i : 0;
        }
        return mask;
    }

    /** Operations that have begun at {@code instant}, failed ones that are over left out: they may have taken effect. */
    int begun(int instant) {
        int mask = 0;
        for (int i = 0; i < ends.length; i++) {
            mask |= begins[i] <= instant && !(failed[i] && ends[i] <= instant) ? 1 << i : 0;
        }
        return mask;
    }

    boolean isUnderWay(int operation, int instant) {
        return begins[operation] <= instant && instant < ends[operation];
    }
}
