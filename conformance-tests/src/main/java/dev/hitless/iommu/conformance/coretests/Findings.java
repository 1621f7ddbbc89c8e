package dev.hitless.iommu.conformance.coretests;

import dev.hitless.iommu.conformance.judge.Finding;
import dev.hitless.iommu.conformance.rules.Rule;
import dev.hitless.iommu.conformance.scenario.ScenarioResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What was found, the first few of each rule. */
final class Findings {
    private static final int MOST_OF_A_RULE = 3;

    private final List<Finding> findings = new ArrayList<>();

    /** A rule is broken. */
    void add(Rule rule, String expected, String observed) {
        if (findings.stream().filter(finding -> finding.rule() == rule).count() < MOST_OF_A_RULE) {
            findings.add(Finding.of(rule, -1, expected, observed));
        }
    }

    /** {@code kept} must be true. */
    void check(Rule rule, boolean kept, String expected, @Nullable Object observed) {
        if (!kept) {
            add(rule, expected, String.valueOf(observed));
        }
    }

    boolean isEmpty() {
        return findings.isEmpty();
    }

    List<Finding> all() {
        return List.copyOf(findings);
    }

    ScenarioResult result() {
        return ScenarioResult.of(findings, 0, 0, Optional.empty());
    }
}
