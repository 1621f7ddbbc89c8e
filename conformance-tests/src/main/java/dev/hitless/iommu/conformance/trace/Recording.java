package dev.hitless.iommu.conformance.trace;

import java.util.List;
import java.util.Optional;

/**
 * An operation and what came of it.
 *
 * @param trace what happened
 * @param failure what it threw, if it did
 * @param locksHeld locks still held when it ended; a driver's bug if there are any
 */
public record Recording(Trace trace, Optional<RuntimeException> failure, List<String> locksHeld) {
    public Recording {
        locksHeld = List.copyOf(locksHeld);
    }
}
