package dev.hitless.iommu.conformance.observe;

import dev.hitless.iommu.conformance.trace.Trace;
import dev.hitless.iommu.conformance.trace.TraceEvent;
import java.util.List;

/** The instants at which something new can be read for the first time. */
final class GrowthInstants {
    private GrowthInstants() {}

    static int[] of(Trace trace) {
        List<TraceEvent> events = trace.events();
        return java.util.stream.IntStream.range(0, events.size())
                .filter(i -> i == 0 || i == events.size() - 1 || grows(events.get(i)))
                .toArray();
    }

    private static boolean grows(TraceEvent event) {
        return event instanceof TraceEvent.Store
                || event instanceof TraceEvent.Alloc
                || event instanceof TraceEvent.Free
                || event instanceof TraceEvent.FunctionControl;
    }
}
