package dev.hitless.iommu.driver.vtd;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hitless.iommu.conformance.report.DriverReport;
import dev.hitless.iommu.conformance.rules.Verdict;
import dev.hitless.iommu.conformance.scenario.Target;
import dev.hitless.iommu.conformance.suite.ConformanceSuite;
import dev.hitless.iommu.conformance.suite.Progress;
import dev.hitless.iommu.conformance.suite.SuiteOptions;
import dev.hitless.iommu.hardware.HardwareModelProvider;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The checker bites: drivers with one defect each, most of which have been in real kernels. Each is caught by the rule
 * named, and by none that it keeps: the whole set of broken rules is compared.
 */
class BrokenDriversTest {
    private static final String FIRST_TO_FIRST = "pasid/first-stage-4-level->first-stage-4-level/";
    private static final String SECOND_TO_SECOND = "pasid/second-stage-4-level->second-stage-4-level/";
    private static final String SECOND_TO_FIRST = "pasid/second-stage-4-level->first-stage-4-level/";

    static Stream<Arguments> defects() {
        return Stream.of(
                defect(
                        "the new entry is copied over the live one (CVE-2026-45945)",
                        BrokenProvider.withParts(DefectiveParts.planning(DefectivePlans::copyOver)),
                        SECOND_TO_FIRST + "alone/default",
                        "DRV-02"),
                defect(
                        "P is cleared first although hitless is promised",
                        BrokenProvider.withParts(DefectiveParts.planning(DefectivePlans::presentClearedFirst)),
                        FIRST_TO_FIRST + "alone/default",
                        "DRV-03",
                        "DRV-26"),
                defect(
                        "the entry is zeroed in one go while it is present (CVE-2026-45894)",
                        BrokenProvider.withParts(DefectiveParts.planning(DefectivePlans::zeroedWhilePresent)),
                        FIRST_TO_FIRST + "alone/default",
                        "DRV-02",
                        "DRV-03"),
                defect(
                        "no barrier before the directory entry is published",
                        BrokenProvider.withMemory(DefectiveMemory.WithoutBarriers::new),
                        "pasid/blocked->first-stage-4-level/fresh-leaf/default",
                        "DRV-11"),
                defect(
                        "no cache cleaning where hardware does not snoop",
                        BrokenProvider.withMemory(DefectiveMemory.WithoutCleaning::new),
                        SECOND_TO_SECOND + "alone/coherent=no",
                        "DRV-12"),
                defect(
                        "the PASID-cache invalidation is missing",
                        BrokenProvider.withParts(DefectiveParts.withoutPasidCache()),
                        SECOND_TO_SECOND + "alone/default",
                        "DRV-04"),
                defect(
                        "the PASID-cache invalidation names the new domain id",
                        BrokenProvider.withParts(DefectiveParts.newDomainIdInsteadOfOld()),
                        SECOND_TO_SECOND + "alone/default",
                        "DRV-04"),
                defect(
                        "the IOTLB invalidation is missing",
                        BrokenProvider.withParts(DefectiveParts.withoutIotlb()),
                        SECOND_TO_SECOND + "alone/default",
                        "DRV-04"),
                defect(
                        "invalidations are sent and not waited for",
                        BrokenProvider.withParts(DefectiveParts.notWaiting()),
                        SECOND_TO_SECOND + "alone/device-tlb=no",
                        "DRV-13"),
                defect(
                        "root and domain id are changed in two steps under a shared id",
                        BrokenProvider.withParts(DefectiveParts.planning(DefectivePlans::rootThenDomainId)),
                        FIRST_TO_FIRST + "alone/default",
                        "DRV-06"),
                defect(
                        "root and domain id are changed in two steps, and another device uses the old id",
                        BrokenProvider.withParts(DefectiveParts.planning(DefectivePlans::rootThenDomainId)),
                        FIRST_TO_FIRST + "same-pasid-old/default",
                        "DRV-05",
                        "DRV-06"),
                defect(
                        "the old leaf is freed before the wait",
                        BrokenProvider.withMemory(DefectiveMemory.FreeingTooEarly::new),
                        FIRST_TO_FIRST + "alone/default",
                        "DRV-07"),
                defect(
                        "the device TLB is told before the IOTLB",
                        BrokenProvider.withParts(DefectiveParts.spoiling(DefectivePlans::deviceFirst)),
                        FIRST_TO_FIRST + "alone/default",
                        "DRV-16"),
                defect(
                        "the device TLB is forgotten",
                        BrokenProvider.withParts(DefectiveParts.withoutDeviceTlb()),
                        FIRST_TO_FIRST + "alone/default",
                        "DRV-04"),
                defect(
                        "second-stage translations are dropped by a PASID-selective invalidation only",
                        BrokenProvider.withParts(DefectiveParts.secondStageByPasid()),
                        SECOND_TO_SECOND + "alone/default",
                        "DRV-04"),
                defect(
                        "another PASID's entry in the same leaf is disturbed",
                        BrokenProvider.withMemory(DefectiveMemory.DisturbingTheNeighbour::new),
                        SECOND_TO_SECOND + "same-leaf/default",
                        "DRV-05"));
    }

    private static Arguments defect(String what, BrokenProvider driver, String scenario, String... rules) {
        return Arguments.of(what, driver, scenario, Set.of(rules));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("defects")
    void isCaughtByTheRuleThatItBreaksAndByNoOther(
            String what, BrokenProvider driver, String scenario, Set<String> rules) {
        assertThat(broken(driver, scenario)).as(what).isEqualTo(rules);
    }

    /** The same scenarios pass with the parts as they are, so it is the defect that was caught. */
    @ParameterizedTest(name = "without the defect: {0}")
    @MethodSource("defects")
    void withoutItsDefectNothingIsFound(String what, BrokenProvider driver, String scenario, Set<String> rules) {
        assertThat(broken(BrokenProvider.withParts(new UnitParts()), scenario))
                .as(what)
                .isEmpty();
    }

    private static Set<String> broken(BrokenProvider driver, String scenario) {
        HardwareModelProvider hardware = ServiceLoader.load(HardwareModelProvider.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(model -> model.family().equals("vtd"))
                .findFirst()
                .orElseThrow();
        ConformanceSuite suite =
                new ConformanceSuite(new Target(driver, hardware), SuiteOptions.DEFAULTS.withScenarios(scenario));
        assertThat(suite.scenarios()).as("scenario %s", scenario).hasSize(1);
        DriverReport report = suite.run("test", Progress.SILENT);
        assertThat(report.verdict()).isNotEqualTo("error");
        return report.rules().stream()
                .filter(rule -> rule.verdict() == Verdict.FAIL)
                .map(rule -> rule.rule().id())
                .collect(Collectors.toSet());
    }
}
