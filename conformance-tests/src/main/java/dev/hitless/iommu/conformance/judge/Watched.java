package dev.hitless.iommu.conformance.judge;

import dev.hitless.iommu.conformance.machine.Expected;
import dev.hitless.iommu.conformance.observe.Stream;

/**
 * A stream, and what it was meant to see.
 *
 * @param stream whose requests
 * @param subject whether the operation is about it; otherwise it must not notice anything
 * @param before what is meant before the operation
 * @param after what is meant after it, if it succeeds
 */
public record Watched(Stream stream, boolean subject, Intention before, Intention after) {
    /** What a domain is meant to do. */
    @FunctionalInterface
    public interface Intention {
        /** What is meant for an access to {@code iova}. */
        Expected expected(long iova, boolean write);
    }
}
