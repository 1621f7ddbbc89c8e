package dev.hitless.iommu.conformance.report;

import dev.hitless.iommu.conformance.rules.RuleLevel;
import dev.hitless.iommu.conformance.rules.Verdict;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What was found of one driver.
 *
 * @param id the driver
 * @param vendor who makes the hardware
 * @param contractVersion what it was built against
 * @param jar where it came from
 * @param capabilities what it claims, as labels
 * @param rules one entry for each rule of the catalogue, in its order
 * @param transitions one entry for each change of domain
 * @param totals work done
 * @param emulation more about a run on emulated hardware; empty for hardware models
 */
public record DriverReport(
        String id,
        String vendor,
        String contractVersion,
        String jar,
        List<String> capabilities,
        List<RuleReport> rules,
        List<TransitionReport> transitions,
        Totals totals,
        Optional<EmulationReport> emulation) {
    /** On a hardware model. */
    public DriverReport(
            String id,
            String vendor,
            String contractVersion,
            String jar,
            List<String> capabilities,
            List<RuleReport> rules,
            List<TransitionReport> transitions,
            Totals totals) {
        this(id, vendor, contractVersion, jar, capabilities, rules, transitions, totals, Optional.empty());
    }

    public DriverReport {
        capabilities = List.copyOf(capabilities);
        rules = List.copyOf(rules);
        transitions = List.copyOf(transitions);
    }

    /** Whether it keeps every rule that is not mere advice. */
    public boolean conforms() {
        return verdict().equals("conforms");
    }

    /** {@code conforms}, {@code fails} or {@code error}; the last also when no rule at all was judged. */
    public String verdict() {
        if (binding(Verdict.ERROR) > 0 || rules.stream().allMatch(rule -> rule.verdict() == Verdict.SKIP)) {
            return "error";
        }
        return binding(Verdict.FAIL) > 0 ? "fails" : "conforms";
    }

    /** The last line that a person reads. */
    public String sentence() {
        String skipped = rules.stream()
                .filter(rule -> rule.verdict() == Verdict.SKIP)
                .map(RuleReport::reason)
                .distinct()
                .collect(Collectors.joining(", "));
        long skips =
                rules.stream().filter(rule -> rule.verdict() == Verdict.SKIP).count();
        long passed = rules.stream()
                .filter(rule -> rule.rule().level() != RuleLevel.ADVICE && rule.verdict() == Verdict.PASS)
                .count();
        long judged = passed + binding(Verdict.FAIL) + binding(Verdict.ERROR) + binding(Verdict.WAIVED);
        if (judged == 0) {
            return id + " was held to no required rule: " + skips + " skipped"
                    + (skipped.isEmpty() ? "" : " (" + skipped + ")");
        }
        String verb =
                switch (verdict()) {
                    case "conforms" -> " conforms: ";
                    case "fails" -> " does not conform: ";
                    default -> " could not be judged: ";
                };
        return id + verb + passed + " of " + judged + " required rules passed, " + skips + " skipped"
                + (skipped.isEmpty() ? "" : " (" + skipped + ")")
                + emulation.map(EmulationReport::sentence).orElse("");
    }

    private long binding(Verdict verdict) {
        return rules.stream()
                .filter(rule -> rule.rule().level() != RuleLevel.ADVICE && rule.verdict() == verdict)
                .count();
    }
}
