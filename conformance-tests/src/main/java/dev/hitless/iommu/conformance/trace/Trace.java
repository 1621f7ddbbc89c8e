package dev.hitless.iommu.conformance.trace;

import dev.hitless.iommu.hardware.Walker;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Everything that happened during one operation, and the state that it started from. Immutable.
 *
 * @param events what happened; first Begin, last End
 * @param before memory when it began
 * @param after memory when it ended
 * @param walker the hardware's walker, for the registers as they stood
 * @param postedWrites whether the hardware holds back stores until flushed
 * @param atsOn names of the devices whose ATS was on when it began
 */
public record Trace(
        List<TraceEvent> events,
        MemoryImage before,
        MemoryImage after,
        Walker walker,
        boolean postedWrites,
        Set<String> atsOn) {
    public Trace {
        events = List.copyOf(events);
        atsOn = Set.copyOf(atsOn);
        if (events.size() < 2
                || !(events.get(0) instanceof TraceEvent.Begin)
                || !(events.get(events.size() - 1) instanceof TraceEvent.End)) {
            throw new IllegalArgumentException("a trace starts with Begin and ends with End; this one has "
                    + (events.isEmpty() ? "no events" : events.get(0) + " .. " + events.get(events.size() - 1)));
        }
    }

    /** This operation and the {@code next}, which began where this one ended, as if they had been one. */
    public Trace followedBy(Trace next) {
        List<TraceEvent> both = new ArrayList<>(events.subList(0, end()));
        both.addAll(next.events.subList(1, next.events.size()));
        return new Trace(both, before, next.after, next.walker, postedWrites, atsOn);
    }

    /** Index of the last event. */
    public int end() {
        return events.size() - 1;
    }

    /** Whether the operation returned. */
    public boolean succeeded() {
        return events.get(end()) instanceof TraceEvent.End ended
                && ended.failure().isEmpty();
    }
}
