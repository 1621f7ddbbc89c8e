package dev.hitless.iommu.driver.amdvi;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hitless.iommu.api.ReplacePlan;
import dev.hitless.iommu.conformance.judge.Judgement;
import dev.hitless.iommu.conformance.report.DriverReport;
import dev.hitless.iommu.conformance.report.TransitionReport;
import dev.hitless.iommu.conformance.scenario.Target;
import dev.hitless.iommu.conformance.suite.ConformanceSuite;
import dev.hitless.iommu.conformance.suite.Progress;
import dev.hitless.iommu.conformance.suite.SuiteOptions;
import dev.hitless.iommu.hardware.HardwareModelProvider;
import java.util.ServiceLoader;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is said to be the plan agrees with what was seen: "break before make" only where something was broken. */
class ReportedPlanTest {
    @ParameterizedTest
    @ValueSource(
            strings = {"rid/nested->blocked", "rid/blocked->nested", "rid/nested->v2-5-level", "rid/nested->nested"})
    void aBreakIsReportedWhereThereIsOne(String transition) {
        HardwareModelProvider hardware = ServiceLoader.load(HardwareModelProvider.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(model -> model.family().equals("amdvi"))
                .findFirst()
                .orElseThrow();
        ConformanceSuite suite = new ConformanceSuite(
                new Target(new AmdviDriverProvider(), hardware),
                SuiteOptions.DEFAULTS.withScenarios(transition + "/alone/default"));
        DriverReport report = suite.run("test", Progress.SILENT);
        assertThat(report.transitions()).hasSize(1);
        TransitionReport seen = report.transitions().get(0);
        assertThat(seen.plan().equals(ReplacePlan.BREAK_BEFORE_MAKE.label()))
                .as("%s: %s, seen %s", transition, seen.plan(), seen.observed())
                .isEqualTo(seen.observed() == Judgement.Seen.BREAK_BEFORE_MAKE);
    }
}
