package dev.hitless.iommu.conformance.judge;

import dev.hitless.iommu.conformance.observe.Assumptions;
import dev.hitless.iommu.conformance.observe.Observer;
import dev.hitless.iommu.conformance.observe.Stream;
import dev.hitless.iommu.conformance.rules.Rule;
import dev.hitless.iommu.conformance.trace.Trace;
import dev.hitless.iommu.conformance.trace.TraceEvent;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Finds the rule behind an anomaly. What disappears when every fetch snoops was a missing cache clean; what disappears
 * when stores are ordered was a missing barrier; what disappears when every command counts as complete at once was a
 * missing wait, if there was one. What stays is in the very contents and order of what the driver did.
 */
final class Blame {
    private static final Assumptions SNOOPED = new Assumptions(Assumptions.StoreOrder.WEAK, true, false);
    private static final Assumptions ORDERED = new Assumptions(Assumptions.StoreOrder.TSO, true, false);

    private final Trace trace;
    private final List<Stream> streams;
    private final long[] probes;
    private final boolean unawaited;
    private @Nullable Observer snooped;
    private @Nullable Observer ordered;
    private @Nullable Observer awaited;

    Blame(Operation operation, List<Stream> streams) {
        // What the hardware did not do although the driver waited for it is not the driver's missing wait.
        this(
                operation.trace(),
                streams,
                operation.probes(),
                operation.aftermath().isEmpty() && hasUnawaited(operation));
    }

    /** @param unawaited whether an operation returned without having seen all its commands complete */
    Blame(Trace trace, List<Stream> streams, long[] probes, boolean unawaited) {
        this.trace = trace;
        this.streams = streams;
        this.probes = probes;
        this.unawaited = unawaited;
    }

    /** Whether the driver returned without having seen all its commands complete. */
    private static boolean hasUnawaited(Operation operation) {
        long submitted = operation.trace().events().stream()
                .filter(TraceEvent.Submitted.class::isInstance)
                .count();
        long observed = operation.trace().events().stream()
                .filter(TraceEvent.Observed.class::isInstance)
                .count();
        return observed < submitted;
    }

    /**
     * The rule to blame.
     *
     * @param persists whether the anomaly shows under an observer's assumptions too
     * @param inherent the rule, if the anomaly is in the contents and order themselves
     */
    Rule of(Predicate<Observer> persists, Rule inherent) {
        Observer withSnoop = snooped == null ? observer(SNOOPED) : snooped;
        snooped = withSnoop;
        if (!persists.test(withSnoop)) {
            return Rule.DRV_12;
        }
        Observer inOrder = ordered == null ? observer(ORDERED) : ordered;
        ordered = inOrder;
        if (!persists.test(inOrder)) {
            return Rule.DRV_11;
        }
        if (unawaited && inherent != Rule.DRV_07) {
            Observer complete = awaited == null ? observer(Assumptions.STRONGEST) : awaited;
            awaited = complete;
            if (!persists.test(complete)) {
                return Rule.DRV_13;
            }
        }
        return inherent;
    }

    private Observer observer(Assumptions assumptions) {
        return new Observer(trace, streams, probes, assumptions);
    }
}
