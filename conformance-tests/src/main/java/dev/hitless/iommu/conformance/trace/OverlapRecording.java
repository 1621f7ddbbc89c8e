package dev.hitless.iommu.conformance.trace;

import dev.hitless.iommu.conformance.schedule.LockName;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Several operations that were played at once, and what came of them.
 *
 * @param trace what happened
 * @param outcomes what came of each, in their order
 * @param deadlock who waits for what for ever; empty if all operations ended
 * @param commandPages pages from which the hardware read commands
 */
public record OverlapRecording(Trace trace, List<Outcome> outcomes, Optional<String> deadlock, Set<Long> commandPages) {
    /**
     * What came of one operation.
     *
     * @param ended whether it returned or threw; otherwise it was stuck
     * @param failure what it threw, if it did
     * @param locksHeld locks that it held when it ended
     */
    public record Outcome(boolean ended, Optional<RuntimeException> failure, List<LockName> locksHeld) {
        public Outcome {
            locksHeld = List.copyOf(locksHeld);
        }

        /** Whether it did what it was to do. */
        public boolean succeeded() {
            return ended && failure.isEmpty();
        }
    }

    public OverlapRecording {
        outcomes = List.copyOf(outcomes);
        commandPages = Set.copyOf(commandPages);
    }
}
