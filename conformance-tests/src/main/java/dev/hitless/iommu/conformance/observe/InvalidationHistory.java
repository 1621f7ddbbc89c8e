package dev.hitless.iommu.conformance.observe;

import dev.hitless.iommu.conformance.trace.Trace;
import dev.hitless.iommu.conformance.trace.TraceEvent;
import dev.hitless.iommu.hardware.CacheKind;
import dev.hitless.iommu.hardware.Invalidation;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** When each command was submitted and when the driver saw it complete. */
final class InvalidationHistory {
    private final Invalidation[] invalidations;
    private final int[] submitted;
    private final int[] observed;

    InvalidationHistory(Trace trace, Assumptions assumptions) {
        List<TraceEvent> events = trace.events();
        int most = events.size();
        Invalidation[] commands = new Invalidation[most];
        int[] from = new int[most];
        int[] seen = new int[most];
        Map<Integer, Integer> byNumber = new HashMap<>();
        int count = 0;
        for (int i = 0; i < events.size(); i++) {
            if (events.get(i) instanceof TraceEvent.Submitted command) {
                byNumber.put(command.number(), count);
                commands[count] = command.invalidation();
                from[count] = i;
                seen[count] = assumptions.everythingAwaited() ? i : VersionSet.NEVER;
                count++;
            } else if (events.get(i) instanceof TraceEvent.Observed completion) {
                Integer index = byNumber.get(completion.number());
                if (index != null) {
                    seen[index] = Math.min(seen[index], i);
                }
            }
        }
        this.invalidations = Arrays.copyOf(commands, count);
        this.submitted = Arrays.copyOf(from, count);
        this.observed = Arrays.copyOf(seen, count);
    }

    private InvalidationHistory() {
        this.invalidations = new Invalidation[0];
        this.submitted = new int[0];
        this.observed = new int[0];
    }

    /** As if nothing had ever been invalidated: everything that was readable once can still be used. */
    static InvalidationHistory none() {
        return new InvalidationHistory();
    }

    int count() {
        return invalidations.length;
    }

    int submitted(int i) {
        return submitted[i];
    }

    int observed(int i) {
        return observed[i];
    }

    boolean covers(int i, CacheKind cache, long tag, long firstAddress, long lengthBytes) {
        return invalidations[i].covers(cache, tag, firstAddress, lengthBytes);
    }
}
