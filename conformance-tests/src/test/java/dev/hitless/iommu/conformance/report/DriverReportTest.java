package dev.hitless.iommu.conformance.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hitless.iommu.conformance.rules.Rule;
import dev.hitless.iommu.conformance.rules.Verdict;
import java.util.List;
import org.junit.jupiter.api.Test;

class DriverReportTest {
    private static DriverReport report(RuleReport... rules) {
        return new DriverReport("acme", "Acme", "1.0", "acme.jar", List.of(), List.of(rules), List.of(), Totals.NONE);
    }

    private static RuleReport rule(Rule rule, Verdict verdict, String reason) {
        return new RuleReport(rule, verdict, reason, 1, 1, List.of(), 0);
    }

    @Test
    void aDriverConformsThatKeepsWhatItWasHeldTo() {
        DriverReport report = report(
                rule(Rule.DRV_01, Verdict.PASS, ""), rule(Rule.DRV_03, Verdict.SKIP, "not claimed by the driver"));

        assertThat(report.conforms()).isTrue();
        assertThat(report.sentence())
                .isEqualTo("acme conforms: 1 of 1 required rules passed, 1 skipped (not claimed by the driver)");
    }

    @Test
    void aDriverOfWhichNothingWasJudgedDoesNotConform() {
        DriverReport report = report(rule(Rule.DRV_01, Verdict.SKIP, "no scenario that was chosen exercises it"));

        assertThat(report.conforms()).isFalse();
        assertThat(report.verdict()).isEqualTo("error");
        assertThat(report.sentence())
                .isEqualTo("acme was held to no required rule: 1 skipped (no scenario that was chosen exercises it)");
    }

    @Test
    void adviceAloneSaysNothingOfConformanceAndIsNoError() {
        DriverReport report = report(rule(Rule.DRV_25, Verdict.FAIL, ""));

        assertThat(report.verdict()).isEqualTo("conforms");
        assertThat(report.sentence()).isEqualTo("acme was held to no required rule: 0 skipped");
    }

    @Test
    void aBrokenRuleIsNamedAsSuchAndAnErrorComesFirst() {
        assertThat(report(rule(Rule.DRV_01, Verdict.FAIL, "")).sentence())
                .startsWith("acme does not conform: 0 of 1 required rules passed");
        assertThat(report(rule(Rule.DRV_01, Verdict.FAIL, ""), rule(Rule.DRV_02, Verdict.ERROR, "x"))
                        .sentence())
                .startsWith("acme could not be judged: 0 of 2 required rules passed");
    }
}
