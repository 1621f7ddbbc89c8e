package dev.hitless.iommu.qemu;

import dev.hitless.iommu.api.Capability;
import dev.hitless.iommu.api.DriverCapabilities;
import dev.hitless.iommu.api.IommuDriverProvider;
import dev.hitless.iommu.conformance.report.DriverReport;
import dev.hitless.iommu.conformance.report.Totals;
import dev.hitless.iommu.conformance.scenario.ConfiguredDriver;
import dev.hitless.iommu.conformance.suite.Progress;
import dev.hitless.iommu.conformance.suite.ScenarioGlob;
import dev.hitless.iommu.conformance.suite.SuiteOptions;
import dev.hitless.iommu.hardware.HardwareModelProvider;
import dev.hitless.iommu.qemu.check.QemuScenario;
import dev.hitless.iommu.qemu.check.QemuScenarios;
import dev.hitless.iommu.qemu.check.Setup;
import dev.hitless.iommu.qemu.check.Tally;
import dev.hitless.iommu.qemu.qtest.QemuUnavailableException;
import dev.hitless.iommu.qemu.qtest.QemuVersion;
import dev.hitless.iommu.qemu.unit.EmulatedIommu;
import dev.hitless.iommu.qemu.unit.EmulatedIommus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/** Everything that is run with one driver on QEMU. */
public final class QemuSuite {
    private final IommuDriverProvider driver;
    private final SuiteOptions options;
    private final QemuVersion version;
    private final DriverCapabilities capabilities;
    private final List<QemuScenario> scenarios = new ArrayList<>();

    /**
     * Starts QEMU once for each of its IOMMUs of the driver's family, to see what the driver offers there.
     *
     * @param model of the driver's family
     * @param options rules, scenarios and threads; the rest has no meaning here
     * @throws QemuUnavailableException if there is no QEMU, or only an old one, or it has no such IOMMU
     */
    public QemuSuite(IommuDriverProvider driver, HardwareModelProvider model, SuiteOptions options) {
        this.driver = driver;
        this.options = options;
        List<EmulatedIommu> iommus = EmulatedIommus.of(driver.hardwareFamily());
        if (iommus.isEmpty()) {
            throw new QemuUnavailableException("QEMU has no IOMMU of family '" + driver.hardwareFamily()
                    + "' that is known here; leave --hardware out to run on a hardware model");
        }
        this.version = QemuVersion.require(iommus.get(0).board().program());
        ScenarioGlob glob = new ScenarioGlob(options.scenarioGlob());
        List<QemuScenarios> made = iommus.stream()
                .map(iommu -> QemuScenarios.of(new Setup(iommu, driver, model)))
                .toList();
        this.capabilities = made.get(0).capabilities();
        made.stream()
                .flatMap(all -> all.scenarios().stream())
                .filter(scenario -> glob.matches(scenario.name()))
                .forEach(scenarios::add);
    }

    /** What the driver claims on the first of QEMU's IOMMUs. */
    public DriverCapabilities capabilities() {
        return capabilities;
    }

    /** The scenarios that {@link #run} will run. */
    public List<QemuScenario> scenarios() {
        return List.copyOf(scenarios);
    }

    /**
     * Runs everything and says what was found.
     *
     * @param jar where the driver came from, for the report
     */
    public DriverReport run(String jar, Progress progress) {
        long start = System.nanoTime();
        Tally found = new Tally(ConfiguredDriver.invocation(driver));
        for (Tally one : runAll(progress)) {
            found.add(one);
        }
        Duration time = Duration.ofNanos(System.nanoTime() - start);
        TallyReport report = new TallyReport(found, options);
        return new DriverReport(
                driver.id(),
                driver.vendor(),
                driver.contractVersion(),
                jar,
                capabilities.capabilities().stream()
                        .sorted()
                        .map(Capability::label)
                        .toList(),
                report.rules(),
                List.of(),
                new Totals(found.scenarios(), found.comparisons(), found.operations(), 0, 0),
                Optional.of(report.emulation("QEMU " + version, time)));
    }

    /** In the order of the scenarios, whatever the order in which they end. */
    private List<Tally> runAll(Progress progress) {
        AtomicInteger done = new AtomicInteger();
        ExecutorService threads = Executors.newFixedThreadPool(options.jobs());
        List<Tally> tallies = new ArrayList<>();
        try {
            List<Future<Tally>> running = new ArrayList<>();
            for (QemuScenario scenario : scenarios) {
                running.add(threads.submit(() -> {
                    Tally tally = runOne(scenario);
                    progress.scenarios(done.incrementAndGet(), scenarios.size());
                    return tally;
                }));
            }
            for (Future<Tally> future : running) {
                tallies.add(future.get());
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("the run was interrupted", interrupted);
        } catch (ExecutionException failed) {
            throw new IllegalStateException("the suite itself failed", failed.getCause());
        } finally {
            threads.shutdownNow();
        }
        return tallies;
    }

    private Tally runOne(QemuScenario scenario) {
        Tally tally = new Tally(ConfiguredDriver.invocation(driver));
        try {
            scenario.run(tally);
        } catch (RuntimeException failure) {
            tally.error(scenario.name(), failure.toString());
        }
        return tally;
    }
}
