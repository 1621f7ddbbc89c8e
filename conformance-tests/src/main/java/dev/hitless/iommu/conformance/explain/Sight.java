package dev.hitless.iommu.conformance.explain;

import java.util.Locale;

/** What a request can meet, seen from the change that is under way. */
public enum Sight {
    /** The old translation. */
    OLD,
    /** The new translation. */
    NEW,
    /** Neither: the request is aborted. */
    BLOCKED,
    /** Neither, and not blocked either: a mix, pass-through, freed memory, an illegal entry. */
    TORN;

    /** The name used in reports. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
