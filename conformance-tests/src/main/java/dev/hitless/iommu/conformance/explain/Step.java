package dev.hitless.iommu.conformance.explain;

import java.util.List;
import java.util.Set;

/**
 * One or more events that belong together, and what the subject's requests could meet right after.
 *
 * @param first index of the first event
 * @param last index of the last event
 * @param actor who did it
 * @param text what was done, for people
 * @param sights what could be met at any probed address; those where old and new are the same count for nothing
 * @param outcomes what the request that tells most could meet, in words, old and new first
 */
public record Step(int first, int last, Actor actor, String text, Set<Sight> sights, List<String> outcomes) {
    /** Who does something. */
    public enum Actor {
        /** The driver. */
        CPU,
        /** The hardware. */
        IOMMU
    }

    public Step {
        sights = Set.copyOf(sights);
        outcomes = List.copyOf(outcomes);
    }
}
