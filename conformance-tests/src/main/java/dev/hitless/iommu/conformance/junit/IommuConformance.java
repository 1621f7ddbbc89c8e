package dev.hitless.iommu.conformance.junit;

import dev.hitless.iommu.api.IommuDriverProvider;
import dev.hitless.iommu.conformance.machine.HardwareModels;
import dev.hitless.iommu.conformance.report.DriverReport;
import dev.hitless.iommu.conformance.report.Failure;
import dev.hitless.iommu.conformance.report.RuleReport;
import dev.hitless.iommu.conformance.rules.RuleLevel;
import dev.hitless.iommu.conformance.scenario.Target;
import dev.hitless.iommu.conformance.suite.ConformanceSuite;
import dev.hitless.iommu.conformance.suite.Progress;
import dev.hitless.iommu.conformance.suite.SuiteOptions;
import dev.hitless.iommu.hardware.HardwareModelProvider;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.opentest4j.TestAbortedException;

/**
 * Runs the conformance suite over one driver: each rule is a test, named by its id and sentence; a rule that does not apply
 * is skipped, with the reason.
 *
 * <pre>{@code
 * class VtdConformanceTest extends IommuConformance {
 *     @Override
 *     protected IommuDriverProvider driver() {
 *         return new VtdDriverProvider();
 *     }
 * }
 * }</pre>
 *
 * <p>If a driver passes this class and still loses a DMA, the class is what has to be improved.
 */
public abstract class IommuConformance {
    /** For subclasses. */
    protected IommuConformance() {}

    /** The driver to test. */
    protected abstract IommuDriverProvider driver();

    /** The hardware to test it on: the model on the class path with the driver's hardware family, unless overridden. */
    protected HardwareModelProvider hardware() {
        return HardwareModels.discover(getClass().getClassLoader()).require(driver().hardwareFamily());
    }

    /** How to run the suite. */
    protected SuiteOptions options() {
        return SuiteOptions.DEFAULTS;
    }

    /** One test for each rule. */
    @TestFactory
    final Stream<DynamicTest> conformance() {
        DriverReport report =
                new ConformanceSuite(new Target(driver(), hardware()), options()).run("class path", Progress.SILENT);
        return report.rules().stream()
                .map(rule -> DynamicTest.dynamicTest(
                        rule.rule().id() + " " + rule.rule().sentence(), () -> check(rule)));
    }

    private static void check(RuleReport rule) {
        switch (rule.verdict()) {
            case PASS, WAIVED -> {}
            case SKIP -> throw new TestAbortedException(rule.reason());
            case ERROR -> throw new IllegalStateException("the suite or the model failed: " + rule.reason());
            case FAIL -> {
                if (rule.rule().level() != RuleLevel.ADVICE) {
                    throw new AssertionError(text(rule));
                }
            }
        }
    }

    private static String text(RuleReport rule) {
        return rule.rule().id() + " broken in " + rule.failureCount() + " of " + rule.scenarios() + " scenarios\n"
                + rule.failures().stream().map(IommuConformance::text).collect(Collectors.joining("\n"));
    }

    private static String text(Failure failure) {
        return "  " + failure.scenario() + ": " + failure.finding().stream() + " "
                + failure.finding().request().map(Object::toString).orElse("") + "\n    expected "
                + failure.finding().expected() + "\n    observed "
                + failure.finding().observed() + "\n    after "
                + failure.finding().event() + ": " + failure.eventText() + "\n    reproduce: " + failure.reproduce();
    }
}
