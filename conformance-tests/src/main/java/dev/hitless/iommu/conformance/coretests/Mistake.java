package dev.hitless.iommu.conformance.coretests;

import dev.hitless.iommu.api.Errno;
import dev.hitless.iommu.conformance.rules.Rule;

/**
 * Something wrong about a call.
 *
 * @param <M> mistakes that can be made in the same call
 */
interface Mistake<M extends Mistake<M>> {
    /** What the call must lead to. */
    Refusal refusal();

    /** Whether the call itself is right, and the driver fails. */
    boolean isOfTheDriver();

    /** Whether the two cannot be had together: they say different things about the same argument. */
    boolean contradicts(M other);

    /** Whether both can be made, the refusals differ, and this one comes first. */
    default boolean decidesOver(M later) {
        return refusal().check() < later.refusal().check()
                && refusal().errno() != later.refusal().errno()
                && !contradicts(later);
    }

    /**
     * The refusal of a mistake.
     *
     * @param check which check of the contract's table finds it
     * @param errno what it is refused with
     * @param rule that a call breaks which is not refused for it
     * @param what the mistake, for people
     */
    record Refusal(int check, Errno errno, Rule rule, String what) {}
}
