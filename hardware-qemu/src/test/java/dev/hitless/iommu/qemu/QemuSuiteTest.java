package dev.hitless.iommu.qemu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hitless.iommu.api.IommuDriverProvider;
import dev.hitless.iommu.conformance.junit.DefectiveProvider;
import dev.hitless.iommu.conformance.machine.HardwareModels;
import dev.hitless.iommu.conformance.report.DriverReport;
import dev.hitless.iommu.conformance.report.EmulationReport;
import dev.hitless.iommu.conformance.report.RuleReport;
import dev.hitless.iommu.conformance.rules.Verdict;
import dev.hitless.iommu.conformance.suite.Progress;
import dev.hitless.iommu.conformance.suite.SuiteOptions;
import dev.hitless.iommu.driver.amdvi.AmdviDriverProvider;
import dev.hitless.iommu.driver.smmuv3.Smmuv3DriverProvider;
import dev.hitless.iommu.driver.vtd.VtdDriverProvider;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayName("On QEMU")
@ExtendWith(QemuInstalled.class)
class QemuSuiteTest {
    private static final String VTD_REPLACE = "39-bit/rid/second-stage-3-level->second-stage-3-level/beside-a-stranger";
    private static final String VTD_UNMAP = "39-bit/rid/second-stage-3-level/map-and-unmap";
    private static final String SMMU_REPLACE = "stage-1/rid/stage-1-4-level->stage-1-4-level/beside-a-stranger";
    private static final String SMMU_UNMAP = "stage-1/rid/stage-1-4-level/map-and-unmap";
    private static final String AMD_REPLACE = "v1-tables/rid/v1-3-level->v1-3-level/beside-a-stranger";
    private static final String AMD_UNMAP = "v1-tables/rid/v1-3-level/map-and-unmap";

    private static final long VTD_PASID_CACHE_GLOBAL = 0x37;
    private static final long VTD_IOTLB_OF_NOBODY = 0xE2L | 0xFFFEL << 16;
    private static final long SMMU_TLBI_EVERYTHING = 0x30;
    private static final long SMMU_CFGI_ALL = 0x4;
    private static final long SMMU_ALL_STREAMS = 31;
    private static final long AMD_WAIT_FOR_NOTHING = 1L << 60;

    static Stream<Arguments> right() {
        return Stream.of(
                Arguments.of(new VtdDriverProvider(), "39-bit/rid/*3-level*3-level/*"),
                Arguments.of(
                        new VtdDriverProvider(), "48-bit-pasid/pasid/second-stage-3-level->second-stage-4-level/*"),
                Arguments.of(new VtdDriverProvider(), "*/faults"),
                Arguments.of(new VtdDriverProvider(), "39-bit/*s"),
                Arguments.of(new Smmuv3DriverProvider(), "stage-1/rid/*4-level*"),
                Arguments.of(new AmdviDriverProvider(), "v1-tables/rid/*3-level/*"));
    }

    @ParameterizedTest
    @MethodSource("right")
    @DisplayName("a driver conforms, and QEMU and the model agree")
    void conforms(IommuDriverProvider driver, String scenarios) {
        DriverReport report = run(driver, scenarios);

        EmulationReport emulation = report.emulation().orElseThrow();
        assertThat(emulation.disagreements()).isEmpty();
        assertThat(report.verdict()).as(report.sentence()).isEqualTo("conforms");
        assertThat(emulation.transfers()).isPositive();
        assertThat(emulation.comparisons()).isPositive();
        assertThat(report.sentence()).contains("QEMU", "DMAs at", "exceptions");
    }

    static Stream<Arguments> broken() {
        return Stream.of(
                Arguments.of(
                        "VT-d without IOTLB invalidation", vtd(QemuSuiteTest::withoutIotlb), VTD_REPLACE, "DRV-04"),
                Arguments.of("VT-d without IOTLB invalidation", vtd(QemuSuiteTest::withoutIotlb), VTD_UNMAP, "DRV-04"),
                Arguments.of("VT-d, wrong domain id", vtd(QemuSuiteTest::ofAnotherDomain), VTD_REPLACE, "DRV-04"),
                Arguments.of("VT-d, entry cleared first", vtdClearingPresent(), VTD_REPLACE, "DRV-03"),
                Arguments.of("SMMUv3 without CFGI", smmu(QemuSuiteTest::withoutCfgi), SMMU_REPLACE, "DRV-04"),
                Arguments.of("SMMUv3 without TLBI", smmu(QemuSuiteTest::withoutTlbi), SMMU_UNMAP, "DRV-04"),
                Arguments.of(
                        "AMD-Vi without page invalidation", amd(QemuSuiteTest::withoutPages), AMD_REPLACE, "DRV-04"),
                Arguments.of("AMD-Vi without page invalidation", amd(QemuSuiteTest::withoutPages), AMD_UNMAP, "DRV-04"),
                Arguments.of("AMD-Vi, wrong domain id", amd(QemuSuiteTest::ofAnotherAmdDomain), AMD_REPLACE, "DRV-04"));
    }

    @ParameterizedTest(name = "{0}: {3} in {2}")
    @MethodSource("broken")
    @DisplayName("a broken driver is caught by its DMA, and the model foresaw it")
    void caught(String what, IommuDriverProvider driver, String scenario, String rule) {
        DriverReport report = run(driver, scenario);

        assertThat(failed(report)).as(what + ": " + report.emulation()).contains(rule);
        assertThat(report.verdict()).isEqualTo("fails");
        assertThat(report.emulation().orElseThrow().disagreements()).isEmpty();
    }

    static Stream<Arguments> invisible() {
        return Stream.of(
                Arguments.of(
                        "VT-d without PASID-cache invalidation", vtd(QemuSuiteTest::withoutPasidCache), VTD_REPLACE),
                Arguments.of("AMD-Vi without DEVTAB invalidation", amd(QemuSuiteTest::withoutDevtab), AMD_REPLACE));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("invisible")
    @DisplayName("what QEMU keeps no copies of cannot be caught, and the model does not claim that it has to be")
    void invisible(String what, IommuDriverProvider driver, String scenario) {
        DriverReport report = run(driver, scenario);

        assertThat(report.verdict()).as(what).isEqualTo("conforms");
        assertThat(report.emulation().orElseThrow().disagreements()).isEmpty();
    }

    private static DriverReport run(IommuDriverProvider driver, String scenarios) {
        QemuSuite suite = new QemuSuite(
                driver,
                HardwareModels.discover(QemuSuiteTest.class.getClassLoader())
                        .find(driver.hardwareFamily())
                        .orElseThrow(),
                SuiteOptions.DEFAULTS.withScenarios(scenarios));
        assertThat(suite.scenarios()).isNotEmpty();
        return suite.run("class path", Progress.SILENT);
    }

    private static List<String> failed(DriverReport report) {
        return report.rules().stream()
                .filter(rule -> rule.verdict() == Verdict.FAIL)
                .map(RuleReport::rule)
                .map(Object::toString)
                .toList();
    }

    private static IommuDriverProvider vtd(CommandTamper tamper) {
        return vtd(tamper, CommandTamper.Store128.WHOLE);
    }

    /**
     * What is live is taken down, rewritten and put up again, although the driver promised better. The whole word is cleared:
     * QEMU 7.2 goes by an entry with P=0 as long as its type is valid.
     */
    private static IommuDriverProvider vtdClearingPresent() {
        return vtd(CommandTamper.NONE, (memory, address, low, high) -> {
            memory.store64(address, 0);
            memory.store64(address + Long.BYTES, high);
            memory.store64(address, low);
        });
    }

    private static IommuDriverProvider vtd(CommandTamper tamper, CommandTamper.Store128 store128) {
        return DefectiveProvider.onPlatform(
                new VtdDriverProvider(), platform -> new TamperedPlatform(platform, 0x90, 4, tamper, store128));
    }

    private static IommuDriverProvider smmu(CommandTamper tamper) {
        return DefectiveProvider.onPlatform(
                new Smmuv3DriverProvider(),
                platform -> new TamperedPlatform(platform, 0x90, 2, tamper, CommandTamper.Store128.WHOLE));
    }

    private static IommuDriverProvider amd(CommandTamper tamper) {
        return DefectiveProvider.onPlatform(
                new AmdviDriverProvider(),
                platform -> new TamperedPlatform(platform, 0x8, 2, tamper, CommandTamper.Store128.WHOLE));
    }

    private static boolean isIotlb(long first) {
        return (first & 0xF) == 2;
    }

    private static long withoutIotlb(long first, int word, long value) {
        return isIotlb(first) ? instead(word, VTD_PASID_CACHE_GLOBAL, 0) : value;
    }

    private static long ofAnotherDomain(long first, int word, long value) {
        return isIotlb(first) && word == 0 ? value ^ 0x100_0000L : value;
    }

    private static long withoutPasidCache(long first, int word, long value) {
        return (first & 0xF) == 7 ? instead(word, VTD_IOTLB_OF_NOBODY, 0) : value;
    }

    private static long withoutCfgi(long first, int word, long value) {
        long code = first & 0xFF;
        return code == 3 || code == 5 ? instead(word, SMMU_TLBI_EVERYTHING, 0) : value;
    }

    private static long withoutTlbi(long first, int word, long value) {
        long code = first & 0xFF;
        return code >= 0x11 && code <= 0x13 ? instead(word, SMMU_CFGI_ALL, SMMU_ALL_STREAMS) : value;
    }

    private static long withoutPages(long first, int word, long value) {
        return first >>> 60 == 3 ? instead(word, AMD_WAIT_FOR_NOTHING, 0) : value;
    }

    private static long ofAnotherAmdDomain(long first, int word, long value) {
        return first >>> 60 == 3 && word == 0 ? value ^ 0x100L << 32 : value;
    }

    private static long withoutDevtab(long first, int word, long value) {
        return first >>> 60 == 2 ? instead(word, AMD_WAIT_FOR_NOTHING, 0) : value;
    }

    /** Another command. */
    private static long instead(int word, long first, long second) {
        return word == 0 ? first : word == 1 ? second : 0;
    }
}
