package dev.hitless.iommu.conformance.junit;

import dev.hitless.iommu.api.IommuDriverProvider;
import dev.hitless.iommu.conformance.suite.SuiteOptions;
import java.util.Set;

/**
 * A driver with one defect, where the defect shows, and the rules that it breaks.
 *
 * @param what the defect, for people; names the test
 * @param broken the driver with it
 * @param scenario name, or glob, of the one scenario in which it shows, as {@link SuiteOptions#withScenarios} takes it
 * @param rules ids of the rules that are broken there, and no others; at least one
 */
public record Defect(String what, IommuDriverProvider broken, String scenario, Set<String> rules) {
    public Defect {
        rules = Set.copyOf(rules);
        if (rules.isEmpty()) {
            throw new IllegalArgumentException("'" + what + "' breaks no rule; name those that are to catch it");
        }
    }
}
