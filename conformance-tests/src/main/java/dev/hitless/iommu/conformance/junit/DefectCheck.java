package dev.hitless.iommu.conformance.junit;

import dev.hitless.iommu.api.IommuDriverProvider;
import dev.hitless.iommu.conformance.report.DriverReport;
import dev.hitless.iommu.conformance.rules.Verdict;
import dev.hitless.iommu.conformance.scenario.Target;
import dev.hitless.iommu.conformance.suite.ConformanceSuite;
import dev.hitless.iommu.conformance.suite.Progress;
import dev.hitless.iommu.conformance.suite.SuiteOptions;
import dev.hitless.iommu.hardware.HardwareModelProvider;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Holds a defect against the rules, without JUnit.
 *
 * @param right the driver without defects
 * @param hardware what it drives
 * @param options how to run the suite, scenarios aside
 */
public record DefectCheck(IommuDriverProvider right, HardwareModelProvider hardware, SuiteOptions options) {
    /** Throws AssertionError unless the defect breaks exactly the rules that it names: the whole set is compared. */
    public void requireCaught(Defect defect) {
        Set<String> broken = broken(defect.broken(), defect.scenario());
        if (!broken.equals(defect.rules())) {
            throw new AssertionError("'" + defect.what() + "' should break " + new TreeSet<>(defect.rules()) + " in "
                    + defect.scenario() + ", but breaks " + broken);
        }
    }

    /**
     * Throws AssertionError unless the driver without defects passes.
     *
     * @param scenario as {@link Defect#scenario}
     */
    public void requireSound(String scenario) {
        Set<String> broken = broken(right, scenario);
        if (!broken.isEmpty()) {
            throw new AssertionError(
                    "the driver without defects should break no rule in " + scenario + ", but breaks " + broken);
        }
    }

    private Set<String> broken(IommuDriverProvider provider, String scenario) {
        ConformanceSuite suite = new ConformanceSuite(new Target(provider, hardware), options.withScenarios(scenario));
        int scenarios = suite.scenarios().size();
        if (scenarios != 1) {
            throw new AssertionError("'" + scenario + "' selects " + scenarios + " scenarios; a defect shows in one");
        }
        DriverReport report = suite.run("class path", Progress.SILENT);
        if (report.verdict().equals("error")) {
            throw new AssertionError("the suite or the model failed in " + scenario + ": " + report.sentence());
        }
        return report.rules().stream()
                .filter(rule -> rule.verdict() == Verdict.FAIL)
                .map(rule -> rule.rule().id())
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
