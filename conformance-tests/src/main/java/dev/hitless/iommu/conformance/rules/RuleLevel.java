package dev.hitless.iommu.conformance.rules;

/** How binding a rule is. */
public enum RuleLevel {
    /** Every driver must keep it. */
    REQUIRED("required"),
    /** Skipped, with the reason, when the driver does not claim the capability or the hardware lacks it. */
    IF_CAPABLE("if-capable"),
    /** Reported, never failed. */
    ADVICE("advice");

    private final String label;

    RuleLevel(String label) {
        this.label = label;
    }

    /** The name used in reports. */
    public String label() {
        return label;
    }
}
