package dev.hitless.iommu.conformance.judge;

import dev.hitless.iommu.conformance.observe.Assumptions;
import dev.hitless.iommu.conformance.observe.Observer;
import dev.hitless.iommu.conformance.observe.Outcome;
import java.util.SortedSet;
import java.util.TreeSet;

/** When the subjects' DMA may be blocked although the tables before and the tables after translate it. */
public final class BlockedInstants {
    private BlockedInstants() {}

    /** Indexes of the events after which that is so, from Begin to the last event before End. */
    public static SortedSet<Integer> of(Operation operation, Assumptions assumptions) {
        Observer observer =
                new Observer(operation.trace(), StreamJudge.streams(operation), operation.probes(), assumptions);
        Tables tables = new Tables(operation);
        SortedSet<Integer> blocked = new TreeSet<>();
        for (Watched watched : operation.streams()) {
            for (long iova : operation.probes()) {
                var request = watched.stream().request(iova, false, false);
                if (!watched.subject()
                        || !tables.before(request).isTranslated()
                        || !tables.after(request).isTranslated()) {
                    continue;
                }
                for (int instant : observer.instants()) {
                    boolean met = observer.outcomes(instant, watched.stream(), iova, false).stream()
                            .anyMatch(outcome -> outcome.kind() == Outcome.Kind.BLOCKED);
                    if (met && instant < operation.trace().end()) {
                        blocked.add(instant);
                    }
                }
            }
        }
        return blocked;
    }
}
