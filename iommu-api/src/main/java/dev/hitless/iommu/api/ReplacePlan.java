package dev.hitless.iommu.api;

/** How a driver carried out a change of domain. Reported through the event sink, for reports and costs. */
public enum ReplacePlan {
    /** One atomic unit of the live entry switched. */
    IN_PLACE("in-place"),
    /** Through a private cache tag: A/rootA, T/rootA, T/rootB, B/rootB. */
    TRANSIT_TAG("transit-tag"),
    /** A copy of the leaf with one entry changed, switched to by the pointer above it. */
    LEAF_SWAP("leaf-swap"),
    /** Clear valid, invalidate, rewrite, set valid. */
    BREAK_BEFORE_MAKE("break-before-make"),
    /** Nothing had to be changed. */
    NONE("none");

    private final String label;

    ReplacePlan(String label) {
        this.label = label;
    }

    /** The name used in reports. */
    public String label() {
        return label;
    }
}
