package dev.hitless.iommu.conformance.report;

import dev.hitless.iommu.conformance.rules.Rule;
import dev.hitless.iommu.conformance.rules.Verdict;
import java.util.List;

/**
 * What came of one rule.
 *
 * @param rule which
 * @param verdict what came of it
 * @param reason why it was skipped, waived or in error; else empty
 * @param scenarios scenarios that could have broken it
 * @param observations combinations evaluated in those
 * @param failures evidence, the first few
 * @param failureCount scenarios that broke it
 */
public record RuleReport(
        Rule rule,
        Verdict verdict,
        String reason,
        long scenarios,
        long observations,
        List<Failure> failures,
        long failureCount) {
    public RuleReport {
        failures = List.copyOf(failures);
    }
}
