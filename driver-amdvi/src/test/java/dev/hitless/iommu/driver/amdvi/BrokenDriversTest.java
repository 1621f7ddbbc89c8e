package dev.hitless.iommu.driver.amdvi;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hitless.iommu.conformance.report.DriverReport;
import dev.hitless.iommu.conformance.rules.Verdict;
import dev.hitless.iommu.conformance.scenario.Target;
import dev.hitless.iommu.conformance.suite.ConformanceSuite;
import dev.hitless.iommu.conformance.suite.Progress;
import dev.hitless.iommu.conformance.suite.SuiteOptions;
import dev.hitless.iommu.driver.support.memory.AddressSpan;
import dev.hitless.iommu.hardware.HardwareModelProvider;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
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
    private static final String PASID = "pasid/v2-5-level->v2-5-level/alone/default";
    private static final String HOST = "rid/v1-4-level->v1-4-level/alone/default";

    static Stream<Arguments> defects() {
        return Stream.of(
                defect(
                        "remove and add instead of replace: all that upstream offers",
                        BrokenProvider.withParts(DefectiveParts.switching(BrokenDriversTest::removeAndAdd)),
                        PASID,
                        "DRV-03",
                        "DRV-26"),
                defect(
                        "detach first, attach then: upstream, for requests without PASID",
                        BrokenProvider.withParts(DefectiveParts.writing(BrokenDriversTest::parked)),
                        HOST,
                        "DRV-03",
                        "DRV-26"),
                defect(
                        "the entry is parked at V=0, which is pass-through (Linux, change of GuestPagingMode)",
                        BrokenProvider.withParts(DefectiveParts.writing(BrokenDriversTest::passingThrough)),
                        HOST,
                        "DRV-09"),
                defect(
                        "a removal goes through V=0",
                        BrokenProvider.withParts(DefectiveParts.writing(BrokenDriversTest::passingThrough)),
                        "rid/v1-4-level->blocked/alone/default",
                        "DRV-09"),
                defect(
                        "a live entry is written 64 bits at a time (Linux before 6.14)",
                        BrokenProvider.withMemory(DefectiveMemory.Storing128BitsInTwoHalves::new),
                        "rid/nested->nested/alone/default",
                        "DRV-02",
                        "DRV-23"),
                defect(
                        "the device-table entry is changed, the TLB is not told (XSA-442)",
                        BrokenProvider.withParts(DefectiveParts.withoutTranslations()),
                        HOST,
                        "DRV-04"),
                defect(
                        "the GCR3 entry is changed, the TLB is not told",
                        BrokenProvider.withParts(DefectiveParts.withoutTranslations()),
                        PASID,
                        "DRV-04"),
                defect(
                        "copies of the device-table entry are forgotten",
                        BrokenProvider.withParts(DefectiveParts.withoutDeviceTable()),
                        HOST,
                        "DRV-04"),
                defect(
                        "the device IOTLB is forgotten",
                        BrokenProvider.withParts(DefectiveParts.withoutDevices()),
                        PASID,
                        "DRV-04"),
                defect(
                        "only GN=0 is invalidated",
                        BrokenProvider.withParts(DefectiveParts.hostTagsOnly()),
                        PASID,
                        "DRV-04"),
                defect(
                        "only PASID 0 is invalidated (Linux, detach)",
                        BrokenProvider.withParts(DefectiveParts.pasidZeroOnly()),
                        PASID,
                        "DRV-04"),
                defect(
                        "the device IOTLB is told before the IOMMU",
                        BrokenProvider.withParts(DefectiveParts.switching(BrokenDriversTest::deviceFirst)),
                        PASID,
                        "DRV-04",
                        "DRV-16"),
                defect(
                        "commands are sent and not waited for (CVE-2026-68329)",
                        BrokenProvider.withParts(DefectiveParts.notWaiting()),
                        "pasid/v2-5-level->v2-5-level/alone/ats=no",
                        "DRV-13"),
                defect(
                        "no barrier before a GCR3 page is published",
                        BrokenProvider.withMemory(DefectiveMemory.WithoutBarriers::new),
                        "pasid/blocked->v2-5-level/fresh-leaf/default",
                        "DRV-11"),
                defect(
                        "the old table is freed before the wait",
                        BrokenProvider.withMemory(DefectiveMemory.FreeingTooEarly::new),
                        PASID,
                        "DRV-07"));
    }

    private static void removeAndAdd(AmdviUnit unit, DefectiveParts.SwitchUnderWay change) {
        Gcr3Table gcr3 = Objects.requireNonNull(change.device().gcr3());
        gcr3.store(change.pasid(), Gcr3Table.NOT_VALID);
        unit.invalidations()
                .translations(List.of(TranslationTag.guest(change.device().domainId(), change.pasid())));
        change.right().carryOut();
    }

    private static void deviceFirst(AmdviUnit unit, DefectiveParts.SwitchUnderWay change) {
        Gcr3Table gcr3 = Objects.requireNonNull(change.device().gcr3());
        gcr3.store(change.pasid(), change.target().gcr3Entry());
        unit.invalidations()
                .devices(AmdviReplacement.user(change.device(), change.pasid()), List.of(AddressSpan.EVERYTHING));
        unit.invalidations()
                .translations(List.of(TranslationTag.guest(change.device().domainId(), change.pasid())));
    }

    private static DeviceTableUpdate parked(DeviceTableUpdate right) {
        return through(right, DeviceTableEntry.VALID);
    }

    private static DeviceTableUpdate passingThrough(DeviceTableUpdate right) {
        return through(right, 0);
    }

    private static DeviceTableUpdate through(DeviceTableUpdate right, long word0) {
        List<DeviceTableEntry> steps = new ArrayList<>(right.steps());
        DeviceTableEntry last = steps.get(steps.size() - 1);
        steps.add(steps.size() - 1, new DeviceTableEntry(word0, last.word1(), last.word2()));
        return new DeviceTableUpdate(steps, false);
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
                .filter(model -> model.family().equals("amdvi"))
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
