package dev.hitless.iommu.conformance.junit;

import dev.hitless.iommu.api.IommuDriverProvider;
import dev.hitless.iommu.conformance.machine.HardwareModels;
import dev.hitless.iommu.conformance.report.DriverReport;
import dev.hitless.iommu.conformance.rules.Verdict;
import dev.hitless.iommu.conformance.scenario.Target;
import dev.hitless.iommu.conformance.suite.ConformanceSuite;
import dev.hitless.iommu.conformance.suite.Progress;
import dev.hitless.iommu.conformance.suite.SuiteOptions;
import dev.hitless.iommu.hardware.HardwareModelProvider;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Shows that the suite bites: drivers with one defect each are caught by exactly the rules that the defect breaks, and the
 * driver without defects passes in the same scenarios.
 *
 * <pre>{@code
 * class BrokenDriversTest extends BrokenDrivers {
 *     @Override
 *     protected IommuDriverProvider driver() {
 *         return new FourthDriverProvider();
 *     }
 *
 *     @Override
 *     protected Stream<Defect> defects() {
 *         return Stream.of(defect(
 *                 "no barrier before the entry is published",
 *                 DefectiveProvider.withMemory(driver(), MemoryWithoutBarriers::new),
 *                 "pasid/blocked->paging/alone/default",
 *                 "DRV-11"));
 *     }
 * }
 * }</pre>
 */
public abstract class BrokenDrivers {
    /** For subclasses. */
    protected BrokenDrivers() {}

    /** The driver without defects. */
    protected abstract IommuDriverProvider driver();

    /** Drivers with one defect each; at least one. */
    protected abstract Stream<Defect> defects();

    /** The hardware: the model on the class path with the driver's hardware family, unless overridden. */
    protected HardwareModelProvider hardware() {
        return HardwareModels.discover(getClass().getClassLoader())
                .require(driver().hardwareFamily());
    }

    /** How to run the suite, scenarios aside. */
    protected SuiteOptions options() {
        return SuiteOptions.DEFAULTS;
    }

    /**
     * A defect.
     *
     * @param scenario as {@link Defect#scenario}
     * @param rules ids of the rules that it breaks
     */
    protected static Defect defect(String what, IommuDriverProvider broken, String scenario, String... rules) {
        return new Defect(what, broken, scenario, Set.of(rules));
    }

    /** The whole set of broken rules is compared. */
    @TestFactory
    final Stream<DynamicTest> isCaughtByTheRulesThatItBreaksAndByNoOther() {
        return all().map(defect -> DynamicTest.dynamicTest(
                defect.what(), () -> expect(defect, defect.broken(), defect.rules())));
    }

    /** The same scenario passes with the driver as it is, so it is the defect that was caught. */
    @TestFactory
    final Stream<DynamicTest> withoutTheDefectNothingIsFound() {
        return all().map(defect -> DynamicTest.dynamicTest(
                "without the defect: " + defect.what(), () -> expect(defect, driver(), Set.of())));
    }

    private Stream<Defect> all() {
        List<Defect> defects = defects().toList();
        if (defects.isEmpty()) {
            throw new IllegalStateException(getClass().getName() + " names no defect; defects() has to");
        }
        return defects.stream();
    }

    private void expect(Defect defect, IommuDriverProvider provider, Set<String> rules) {
        DriverReport report = run(provider, defect.scenario());
        Set<String> broken = report.rules().stream()
                .filter(rule -> rule.verdict() == Verdict.FAIL)
                .map(rule -> rule.rule().id())
                .collect(Collectors.toCollection(TreeSet::new));
        if (!broken.equals(rules)) {
            throw new AssertionError(defect.what() + ", in " + defect.scenario() + ": expected to break "
                    + new TreeSet<>(rules) + ", but broke " + broken);
        }
    }

    private DriverReport run(IommuDriverProvider provider, String scenario) {
        ConformanceSuite suite =
                new ConformanceSuite(new Target(provider, hardware()), options().withScenarios(scenario));
        int scenarios = suite.scenarios().size();
        if (scenarios != 1) {
            throw new AssertionError("'" + scenario + "' selects " + scenarios + " scenarios; a defect shows in one");
        }
        DriverReport report = suite.run("class path", Progress.SILENT);
        if (report.verdict().equals("error")) {
            throw new AssertionError("the suite or the model failed in " + scenario + ": " + report.sentence());
        }
        return report;
    }
}
