package dev.hitless.iommu.conformance.judge;

import dev.hitless.iommu.conformance.rules.Rule;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Findings of one operation, a few for each rule: more say nothing new. */
final class FindingList {
    private static final int MOST_PER_RULE = 3;

    private final List<Finding> findings = new ArrayList<>();
    private final Map<Rule, Integer> counts = new EnumMap<>(Rule.class);

    boolean isFull(Rule rule) {
        return counts.getOrDefault(rule, 0) >= MOST_PER_RULE;
    }

    void add(Finding finding) {
        if (!isFull(finding.rule())) {
            counts.merge(finding.rule(), 1, Integer::sum);
            findings.add(finding);
        }
    }

    List<Finding> all() {
        return List.copyOf(findings);
    }
}
