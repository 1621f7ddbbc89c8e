package dev.hitless.iommu.conformance.explain;

import dev.hitless.iommu.conformance.trace.Trace;
import dev.hitless.iommu.conformance.trace.TraceEvent;
import java.util.ArrayList;
import java.util.List;

/**
 * Events that belong together. Reads that look at the same place again and again (polls) become one. Single reads, and
 * locks, are left out: they change nothing that anybody could see.
 *
 * @param first index of the first event
 * @param last index of the last event
 * @param text in words
 * @param event the first event
 */
record Fold(int first, int last, String text, TraceEvent event) {
    static List<Fold> of(Trace trace) {
        List<Fold> folds = new ArrayList<>();
        List<TraceEvent> events = trace.events();
        int i = 0;
        while (i < events.size()) {
            TraceEvent event = events.get(i);
            int next = i + 1;
            while (next < events.size() && isSameRead(event, events.get(next))) {
                next++;
            }
            if (next - i > 1 || !changesNothing(event)) {
                folds.add(new Fold(i, next - 1, text(event, next - i), event));
            }
            i = next;
        }
        return folds;
    }

    private static boolean changesNothing(TraceEvent event) {
        return event instanceof TraceEvent.LockEvent
                || event instanceof TraceEvent.Load
                || event instanceof TraceEvent.RegisterRead;
    }

    private static boolean isSameRead(TraceEvent one, TraceEvent other) {
        if (one instanceof TraceEvent.Load load) {
            return other instanceof TraceEvent.Load again && again.address() == load.address();
        }
        return one instanceof TraceEvent.RegisterRead read
                && other instanceof TraceEvent.RegisterRead again
                && again.offset() == read.offset();
    }

    private static String text(TraceEvent event, int times) {
        return event.describe() + (times > 1 ? " (polled " + times + " times)" : "");
    }
}
