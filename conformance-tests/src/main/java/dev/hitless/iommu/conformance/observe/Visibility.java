package dev.hitless.iommu.conformance.observe;

import dev.hitless.iommu.conformance.trace.Trace;
import dev.hitless.iommu.conformance.trace.TraceEvent;
import java.util.List;

/**
 * When a store is visible for certain: {@code B(i)} of the observation model.
 *
 * <p>For a snooped fetch the first barrier or register write after the store; where posted writes are held back, the
 * first command or flush at or after that. For a fetch that does not snoop, the same counted from the first cache clean
 * that covers the word after the store.
 */
final class Visibility {
    private static final int LINE_BYTES = 64;

    private final List<TraceEvent> events;
    private final boolean immediate;
    /** For each event, the first later event by which an ordinary store before it has become visible. */
    private final int[] nextVisible;

    Visibility(Trace trace, Assumptions assumptions) {
        this.events = trace.events();
        this.immediate = assumptions.storeOrder() == Assumptions.StoreOrder.TSO;
        this.nextVisible = nextVisible(events, trace.postedWrites());
    }

    /** Instant from which a store at event {@code i} to {@code address} is visible for certain. */
    int certain(int i, long address, boolean snooped) {
        if (snooped) {
            return immediate ? i : nextVisible[i];
        }
        for (int j = i + 1; j < events.size(); j++) {
            if (events.get(j) instanceof TraceEvent.CacheClean clean && covers(clean, address)) {
                return immediate ? j : nextVisible[j];
            }
        }
        return VersionSet.NEVER;
    }

    private static boolean covers(TraceEvent.CacheClean clean, long address) {
        long first = clean.address() & -LINE_BYTES;
        long end = (clean.address() + clean.lengthBytes() + LINE_BYTES - 1) & -LINE_BYTES;
        return address >= first && address < end;
    }

    private static int[] nextVisible(List<TraceEvent> events, boolean posted) {
        int[] next = new int[events.size()];
        int ordered = VersionSet.NEVER;
        int flushed = VersionSet.NEVER;
        int orderedAndFlushed = VersionSet.NEVER;
        for (int i = events.size() - 1; i >= 0; i--) {
            next[i] = posted ? orderedAndFlushed : ordered;
            TraceEvent event = events.get(i);
            if (event instanceof TraceEvent.Submitted || event instanceof TraceEvent.WriteBufferFlush) {
                flushed = i;
            }
            if (event instanceof TraceEvent.Barrier || event instanceof TraceEvent.RegisterWrite) {
                ordered = i;
                orderedAndFlushed = flushed;
            }
        }
        return next;
    }
}
