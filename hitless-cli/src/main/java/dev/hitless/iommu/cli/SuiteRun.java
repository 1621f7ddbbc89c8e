package dev.hitless.iommu.cli;

import dev.hitless.iommu.api.DriverCapabilities;
import dev.hitless.iommu.conformance.report.DriverReport;
import dev.hitless.iommu.conformance.report.SuiteReport;
import dev.hitless.iommu.conformance.scenario.Target;
import dev.hitless.iommu.conformance.suite.ConformanceSuite;
import dev.hitless.iommu.conformance.suite.Progress;
import dev.hitless.iommu.conformance.suite.SuiteOptions;
import dev.hitless.iommu.core.DriverLoadFailure;
import dev.hitless.iommu.core.FoundDriver;
import dev.hitless.iommu.qemu.QemuSuite;
import dev.hitless.iommu.qemu.qtest.QemuUnavailableException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Supplier;

/** The suite over the drivers that were chosen, one after another. What cannot be run is a problem, not a pass. */
final class SuiteRun {
    /** A driver, ready to be tested. */
    private record Prepared(
            FoundDriver driver,
            Supplier<DriverCapabilities> capabilities,
            BiFunction<String, Progress, DriverReport> suite) {}

    private final List<Prepared> prepared = new ArrayList<>();
    private final List<DriverReport> reports = new ArrayList<>();
    private final List<String> problems = new ArrayList<>();

    private SuiteRun() {}

    /**
     * Finds the drivers and their hardware.
     *
     * @throws BadRequest if there is nothing to run: unknown driver, no hardware model, no scenario of that name
     */
    static SuiteRun prepare(DriverChoice choice, SuiteOptions options, SuiteChoice.Hardware hardware) {
        DriverChoice.Found found = choice.discover();
        SuiteRun run = new SuiteRun();
        for (FoundDriver driver : choice.chosen(found)) {
            if (!choice.isNarrow()
                    && found.models().find(driver.hardwareFamily()).isEmpty()) {
                run.problems.add(DriverChoice.noModel(found, driver));
                continue;
            }
            Target target = choice.target(driver, choice.model(found, driver));
            if (hardware == SuiteChoice.Hardware.QEMU) {
                run.addOnQemu(driver, target, options);
            } else {
                run.add(driver, new ConformanceSuite(target, options));
            }
        }
        if (!choice.isNarrow()) {
            found.catalog().failures().stream().map(DriverLoadFailure::message).forEach(run.problems::add);
        }
        found.models().failures().forEach(failure -> run.problems.add("a hardware model failed to load: " + failure));
        if (run.prepared.isEmpty() && run.problems.isEmpty()) {
            throw choice.wrong("there is nothing to test: "
                    + (found.catalog().drivers().isEmpty()
                            ? "no driver found; name a driver's jar with --plugin"
                            : "no scenario matches; try --scenario 'pasid/*', or leave --scenario and --rule out"));
        }
        return run;
    }

    private void add(FoundDriver driver, ConformanceSuite suite) {
        try {
            if (!suite.scenarios().isEmpty()) {
                prepared.add(new Prepared(driver, suite::capabilities, suite::run));
            }
        } catch (RuntimeException | LinkageError failure) {
            problems.add(
                    "driver " + driver.id() + " (" + driver.location() + ") could not be run: " + failure.getMessage());
        }
    }

    private void addOnQemu(FoundDriver driver, Target target, SuiteOptions options) {
        try {
            QemuSuite suite = new QemuSuite(target.driver(), target.hardware(), options);
            if (!suite.scenarios().isEmpty()) {
                prepared.add(new Prepared(driver, suite::capabilities, suite::run));
            }
        } catch (QemuUnavailableException unavailable) {
            problems.add("driver " + driver.id() + " cannot be run on QEMU: " + unavailable.getMessage());
        } catch (RuntimeException | LinkageError failure) {
            problems.add("driver " + driver.id() + " (" + driver.location() + ") could not be run on QEMU: " + failure);
        }
    }

    void execute(Screen screen, boolean mayShowProgress) {
        for (Prepared one : prepared) {
            try (ProgressLine progress = ProgressLine.on(screen, one.driver().id(), mayShowProgress)) {
                reports.add(one.suite().apply(one.driver().location(), progress));
            } catch (RuntimeException | LinkageError failure) {
                problems.add("driver " + one.driver().id() + " could not be judged: " + failure);
            }
        }
    }

    SuiteReport report(SuiteReport.Settings settings) {
        return new SuiteReport(settings, reports);
    }

    /** What was found, side by side. */
    Comparison comparison() {
        Comparison comparison = new Comparison();
        for (DriverReport report : reports) {
            prepared.stream()
                    .filter(one -> one.driver().id().equals(report.id()))
                    .findFirst()
                    .ifPresent(one -> comparison.add(report, one.capabilities().get()));
        }
        return comparison;
    }

    /** Why something was not tested; one line each. */
    List<String> problems() {
        return List.copyOf(problems);
    }
}
