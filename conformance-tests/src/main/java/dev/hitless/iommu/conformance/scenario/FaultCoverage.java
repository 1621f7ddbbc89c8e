package dev.hitless.iommu.conformance.scenario;

import java.util.Locale;

/** How many calls of the platform are made to fail. */
public enum FaultCoverage {
    /** None. */
    NONE,
    /**
     * On the usual hardware every call in every way; on each variant of it every call of some scenarios, in one way, which
     * ones and which way changing from variant to variant.
     */
    ROTATING,
    /** Every call, in every way, of every change on every variant, in every company that it has there without faults. */
    ALL;

    /** As on the command line and in reports. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
