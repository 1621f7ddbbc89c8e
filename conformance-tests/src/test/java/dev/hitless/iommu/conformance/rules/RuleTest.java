package dev.hitless.iommu.conformance.rules;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class RuleTest {
    /** Ids never change and are never reused: whoever changes this list must know why. */
    @Test
    void theCatalogueHasTheseRulesAndNoOthers() {
        assertThat(Arrays.stream(Rule.values()).map(Rule::id))
                .containsExactly(
                        "CORE-01", "CORE-02", "CORE-03", "CORE-04", "CORE-05", "CORE-06", "CORE-07", "CORE-08",
                        "CORE-09", "CORE-10", "CORE-11", "DRV-01", "DRV-02", "DRV-03", "DRV-04", "DRV-05", "DRV-06",
                        "DRV-07", "DRV-08", "DRV-09", "DRV-10", "DRV-11", "DRV-12", "DRV-13", "DRV-14", "DRV-15",
                        "DRV-16", "DRV-17", "DRV-18", "DRV-19", "DRV-20", "DRV-21", "DRV-22", "DRV-23", "DRV-24",
                        "DRV-25", "DRV-26");
    }

    @Test
    void everyRuleSaysWhatItAsksAndWhereItComesFrom() {
        assertThat(Rule.values()).allSatisfy(rule -> {
            assertThat(rule.sentence()).hasSizeGreaterThan(20).doesNotEndWith(".");
            assertThat(rule.source()).isNotBlank();
        });
    }

    @Test
    void aRuleIsFoundByItsIdInAnyCase() {
        assertThat(Rule.byId("drv-02")).contains(Rule.DRV_02);
        assertThat(Rule.byId("DRV-99")).isEmpty();
    }
}
