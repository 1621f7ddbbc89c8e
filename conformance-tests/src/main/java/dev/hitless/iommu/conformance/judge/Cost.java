package dev.hitless.iommu.conformance.judge;

import dev.hitless.iommu.api.ReplacePlan;
import dev.hitless.iommu.conformance.trace.Trace;
import dev.hitless.iommu.conformance.trace.TraceEvent;

/**
 * What an operation cost, counted in its trace.
 *
 * @param plan what the driver said it would do
 * @param stores stores to memory, those into command queues included
 * @param commands invalidation commands submitted
 * @param waits distinct moments at which completions were seen
 */
public record Cost(ReplacePlan plan, int stores, int commands, int waits) {
    /** Counts. */
    public static Cost of(Trace trace) {
        ReplacePlan plan = ReplacePlan.NONE;
        int stores = 0;
        int commands = 0;
        int waits = 0;
        boolean observing = false;
        for (TraceEvent event : trace.events()) {
            boolean observed = event instanceof TraceEvent.Observed;
            if (observed && !observing) {
                waits++;
            }
            observing = observed;
            if (event instanceof TraceEvent.Store) {
                stores++;
            } else if (event instanceof TraceEvent.Submitted) {
                commands++;
            } else if (event instanceof TraceEvent.Planned planned) {
                plan = planned.plan();
            }
        }
        return new Cost(plan, stores, commands, waits);
    }
}
