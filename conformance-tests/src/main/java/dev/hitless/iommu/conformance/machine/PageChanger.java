package dev.hitless.iommu.conformance.machine;

import java.util.Optional;

/** Changes single mappings of a domain, by whatever way the domain has: its own calls, its parent's, or the CPU's. */
public interface PageChanger {
    /** A mapping that could be added now; empty if this way only removes. */
    Optional<Mapping> spare();

    /** Adds what {@link #spare} offered; in the parent of a nested domain, what was removed before. */
    void map(Mapping mapping);

    /** Whether a mapping is there, as whoever changes it says. */
    boolean isMapped(Mapping mapping);

    /** Removes a mapping. */
    void unmap(Mapping mapping);

    /** Has the address space die of which these are the pages. */
    default void die() {
        throw new IllegalStateException("only a shared address space dies by itself");
    }
}
