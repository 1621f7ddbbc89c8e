package dev.hitless.iommu.conformance.junit;

import dev.hitless.iommu.api.IommuDriverProvider;
import dev.hitless.iommu.conformance.machine.HardwareModels;
import dev.hitless.iommu.conformance.suite.SuiteOptions;
import dev.hitless.iommu.hardware.HardwareModelProvider;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

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
 *
 * <p>Where JUnit may run tests in parallel, these do: each runs one scenario, which is one thread's work.
 */
@Execution(ExecutionMode.CONCURRENT)
public abstract class BrokenDrivers {
    /** For subclasses. */
    protected BrokenDrivers() {}

    /** The driver without defects. */
    protected abstract IommuDriverProvider driver();

    /** Drivers with one defect each; at least one. */
    protected abstract Stream<Defect> defects();

    /** The hardware: the model on the class path with the driver's hardware family, unless overridden. */
    protected HardwareModelProvider hardware() {
        return HardwareModels.discover(getClass().getClassLoader()).require(driver().hardwareFamily());
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
        DefectCheck check = check();
        return all().map(defect -> DynamicTest.dynamicTest(defect.what(), () -> check.requireCaught(defect)));
    }

    /** The same scenarios pass with the driver as it is, so it is the defects that were caught. */
    @TestFactory
    final Stream<DynamicTest> withoutDefectsNothingIsFound() {
        DefectCheck check = check();
        return all().map(Defect::scenario)
                .distinct()
                .map(scenario ->
                        DynamicTest.dynamicTest("without defects: " + scenario, () -> check.requireSound(scenario)));
    }

    private DefectCheck check() {
        return new DefectCheck(driver(), hardware(), options());
    }

    private Stream<Defect> all() {
        List<Defect> defects = defects().toList();
        if (defects.isEmpty()) {
            throw new IllegalStateException(getClass().getName() + " names no defect; defects() has to");
        }
        return defects.stream();
    }
}
