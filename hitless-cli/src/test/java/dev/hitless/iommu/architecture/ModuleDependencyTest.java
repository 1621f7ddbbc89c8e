package dev.hitless.iommu.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.FailureReport;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Holds the modules to the dependencies they are allowed. Every rule is first held against a tree of deliberate
 * violations and has to report exactly the classes named here, so that no rule can pass by looking at nothing.
 */
@DisplayName("Modules")
class ModuleDependencyTest {
    private static final String ROOT = "dev.hitless.iommu";
    private static final String BROKEN = ROOT + ".architecture.broken";

    private static final JavaClasses MODULES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages(ROOT);
    private static final JavaClasses VIOLATIONS = new ClassFileImporter().importPackages(BROKEN);

    @Test
    @DisplayName("the contract depends on nothing")
    void contract() {
        holds(Architecture::contractDependsOnNothing, "api.ContractUsesCore");
    }

    @Test
    @DisplayName("driver support depends on the contract only")
    void support() {
        holds(Architecture::supportDependsOnTheContract, "driver.support.SupportUsesHardware");
    }

    @Test
    @DisplayName("core depends on the contract only, besides Guice")
    void core() {
        holds(Architecture::coreDependsOnTheContract, "core.CoreUsesDriver", "core.CoreUsesSupport");
    }

    @Test
    @DisplayName("a driver depends on driver support and the contract only, and knows no other driver")
    void drivers() {
        holds(
                Architecture::driverDependsOnSupportAndTheContract,
                "driver.vtd.DriverUsesCore",
                "driver.vtd.DriverUsesGuice",
                "driver.vtd.DriverUsesLibrary",
                "driver.vtd.DriverUsesModel",
                "driver.vtd.DriverUsesOtherDriver",
                "driver.vtd.DriverUsesSpi");
    }

    @Test
    @DisplayName("the hardware SPI depends on the platform port only")
    void hardwareSpi() {
        holds(Architecture::hardwareSpiDependsOnThePlatformPort, "hardware.SpiUsesContract", "hardware.SpiUsesModel");
    }

    @Test
    @DisplayName("a hardware model depends on the SPI and the platform port only, and knows no other model")
    void models() {
        holds(
                Architecture::modelDependsOnTheSpiAndThePlatformPort,
                "hardware.vtd.ModelUsesContract",
                "hardware.vtd.ModelUsesDriver",
                "hardware.vtd.ModelUsesOtherModel",
                "hardware.vtd.ModelUsesSupport");
    }

    @Test
    @DisplayName("the conformance suite knows no vendor")
    void conformance() {
        holds(
                Architecture::conformanceKnowsNoVendor,
                "conformance.SuiteUsesDriver",
                "conformance.SuiteUsesGuice",
                "conformance.SuiteUsesModel",
                "conformance.SuiteUsesSupport");
    }

    @Test
    @DisplayName("what runs on QEMU knows no driver and no model")
    void qemu() {
        holds(Architecture::qemuKnowsNoDriverAndNoModel, "qemu.EmulationUsesDriver", "qemu.EmulationUsesModel");
    }

    @Test
    @DisplayName("the command line names no driver and no model")
    void commandLine() {
        holds(Architecture::commandLineKnowsNoVendor, "cli.CommandUsesDriver", "cli.CommandUsesModel");
    }

    @Test
    @DisplayName("Guice stays inside core and what starts it")
    void guice() {
        holds(Architecture::onlyCoreUsesGuice, "conformance.SuiteUsesGuice", "driver.vtd.DriverUsesGuice");
    }

    @Test
    @DisplayName("drivers and models have no lock class, thread, clock, byte array or file of their own")
    void port() {
        holds(
                Architecture::driversAndModelsReachTheWorldThroughTheirPort,
                "driver.vtd.DriverKeepsExecutor",
                "driver.vtd.DriverLocks",
                "driver.vtd.DriverStartsThread",
                "driver.vtd.DriverSynchronizes",
                "hardware.vtd.ModelKeepsBytes",
                "hardware.vtd.ModelReadsClock",
                "hardware.vtd.ModelReadsWallClock",
                "hardware.vtd.ModelTakesBytes",
                "hardware.vtd.ModelUsesBuffer");
    }

    @Test
    @DisplayName("packages have no cycles")
    void cycles() {
        ArchRule onViolations = new Architecture(BROKEN).packagesHaveNoCycles();
        assertThat(onViolations.evaluate(VIOLATIONS).getFailureReport().getDetails())
                .anySatisfy(cycle -> assertThat(cycle).contains("core.left", "core.right"));
        new Architecture(ROOT).packagesHaveNoCycles().check(MODULES);
    }

    @Test
    @DisplayName("no class has a name that says nothing")
    void names() {
        holds(
                Architecture::namesSayWhatAClassIsFor,
                "core.names.EntryHelper",
                "core.names.EntryImpl",
                "core.names.EntryManager",
                "core.names.EntryUtil",
                "core.names.EntryUtils");
    }

    @Test
    @DisplayName("a provider is public and final, with a public constructor without parameters")
    void providers() {
        holds(
                Architecture::providersCanBeLoaded,
                "driver.vtd.HiddenProvider",
                "driver.vtd.OpenProvider",
                "hardware.vtd.ClosedProvider",
                "hardware.vtd.NeedyProvider");
    }

    @ParameterizedTest
    @ValueSource(strings = {"api.IommuDriverProvider", "hardware.HardwareModelProvider"})
    @DisplayName("every provider is registered, and what is registered is a provider")
    void registration(String service) throws IOException {
        String type = ROOT + "." + service;
        Set<String> present = MODULES.stream()
                .filter(candidate -> !candidate.isInterface() && candidate.isAssignableTo(type))
                // The suite's are made of others, which were loaded.
                .filter(candidate -> !candidate.getPackageName().startsWith(ROOT + ".conformance."))
                .map(JavaClass::getName)
                .collect(Collectors.toCollection(TreeSet::new));
        assertThat(registered(type)).isEqualTo(present);
    }

    @Test
    @DisplayName("every class with tests has a name the build looks for")
    void testNames() {
        assertThat(offenders(Architecture::testsAreFound))
                .containsExactlyInAnyOrder("tests.PageTest1", "tests.PageCheck", "tests.PageCheck$Inside");

        Path modules = Path.of("").toAbsolutePath().getParent();
        try (Stream<Path> folders = Files.list(modules)) {
            List<Path> tests = folders.map(module -> module.resolve("target/test-classes"))
                    .filter(Files::isDirectory)
                    .collect(Collectors.toList());
            JavaClasses classes = new ClassFileImporter()
                    .withImportOption(location -> !location.contains(BROKEN.replace('.', '/')))
                    .importPaths(tests);
            assertThat(classes.contain(ModuleDependencyTest.class)).isTrue();
            new Architecture(ROOT).testsAreFound().check(classes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The rule reports exactly these of the violations, and nothing in the modules. */
    private static void holds(Function<Architecture, ArchRule> rule, String... expectedOffenders) {
        assertThat(offenders(rule)).containsExactlyInAnyOrder(expectedOffenders);
        rule.apply(new Architecture(ROOT)).check(MODULES);
    }

    private static Set<String> offenders(Function<Architecture, ArchRule> rule) {
        FailureReport report =
                rule.apply(new Architecture(BROKEN)).evaluate(VIOLATIONS).getFailureReport();
        Pattern named = Pattern.compile("<" + Pattern.quote(BROKEN) + "\\.([a-z0-9.]+\\.[A-Z][\\w$]*)");
        return report.getDetails().stream()
                .map(detail -> {
                    Matcher matcher = named.matcher(detail);
                    assertThat(matcher.find()).as(detail).isTrue();
                    return matcher.group(1);
                })
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static Set<String> registered(String service) throws IOException {
        Set<String> names = new TreeSet<>();
        ClassLoader loader = ModuleDependencyTest.class.getClassLoader();
        for (URL list : Collections.list(loader.getResources("META-INF/services/" + service))) {
            try (BufferedReader lines =
                    new BufferedReader(new InputStreamReader(list.openStream(), StandardCharsets.UTF_8))) {
                lines.lines()
                        .map(line -> line.replaceFirst("#.*", "").trim())
                        .filter(line -> !line.isEmpty())
                        .forEach(names::add);
            }
        }
        return names;
    }
}
