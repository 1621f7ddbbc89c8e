package dev.hitless.iommu.conformance.rules;

/** What came of a rule. */
public enum Verdict {
    /** Kept in every scenario. */
    PASS,
    /** Broken in at least one. */
    FAIL,
    /** The suite or the model failed; nothing is said of the driver. */
    ERROR,
    /** Not applicable, with the reason. */
    SKIP,
    /** Broken, and waived by the user. */
    WAIVED
}
