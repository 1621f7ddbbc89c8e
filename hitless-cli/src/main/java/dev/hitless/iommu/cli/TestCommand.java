package dev.hitless.iommu.cli;

import dev.hitless.iommu.conformance.explain.Explainer;
import dev.hitless.iommu.conformance.observe.Assumptions;
import dev.hitless.iommu.conformance.report.DriverReport;
import dev.hitless.iommu.conformance.report.JsonReport;
import dev.hitless.iommu.conformance.report.ReportFolder;
import dev.hitless.iommu.conformance.report.SuiteReport;
import dev.hitless.iommu.conformance.rules.Rule;
import dev.hitless.iommu.conformance.rules.Verdict;
import dev.hitless.iommu.conformance.suite.SuiteOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code hitless test}. */
@Command(
        name = "test",
        header = "Run the conformance suite over drivers.",
        descriptionHeading = "%n",
        description = {
            "Records what a driver does during each replacement and derives everything that hardware could",
            "have seen at every instant. Exit code 0: all drivers conform; 1: one does not; 2: wrong usage;",
            "3: the suite itself failed, or a driver could not be run."
        },
        optionListHeading = "%nOptions:%n",
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  hitless test",
            "  hitless test --driver vtd --rule DRV-02 --rule DRV-03",
            "  hitless test --driver vtd --scenario 'pasid/*/alone/default'",
            "  hitless test --driver amdvi --option device-table-segments=8",
            "  hitless test --plugin my-driver.jar --driver mine --report out",
            "  hitless test --json --quiet > conformance.json",
            "  hitless test --hardware qemu --driver vtd"
        })
final class TestCommand implements Callable<Integer> {
    private final Screen screen;

    @Mixin
    private DriverChoice drivers = new DriverChoice();

    @Option(
            names = "--rule",
            paramLabel = "ID",
            converter = SuiteChoice.RuleConverter.class,
            description = "Only this rule; may be given several times. Without it: all (see hitless rules).")
    private List<Rule> rules = new ArrayList<>();

    @Option(
            names = "--scenario",
            paramLabel = "GLOB",
            description = "Only scenarios whose name matches; * is any text, ? any letter.")
    private @Nullable String scenario;

    @Mixin
    private SuiteChoice suite = new SuiteChoice();

    @Option(
            names = "--report",
            paramLabel = "DIR",
            description = "Write conformance.json, JUnit XML and a trace of each failure there.")
    private @Nullable Path report;

    @Option(names = "--json", description = "Print one JSON document, nothing else, on standard output.")
    private boolean json;

    @Option(
            names = {"-q", "--quiet"},
            description = "Print only the last lines, one for each driver.")
    private boolean quiet;

    @Option(
            names = "--strict",
            description = "Also end with 1 when advice was not followed or a required rule was skipped.")
    private boolean strict;

    TestCommand(Screen screen) {
        this.screen = screen;
    }

    @Override
    public Integer call() {
        SuiteOptions options = suite.options(rules, Optional.ofNullable(scenario));
        long start = System.nanoTime();
        SuiteRun run = SuiteRun.prepare(drivers, options, suite.hardware());
        run.execute(screen, !quiet);
        SuiteReport found = run.report(suite.settings(options, drivers.options()));
        Duration time = Duration.ofNanos(System.nanoTime() - start);
        if (json) {
            screen.out().print(JsonReport.text(found));
        } else {
            new ReportText(screen, quiet).print(found, time);
        }
        run.problems().forEach(screen::complain);
        if (report != null) {
            write(found, options, report);
        }
        return exitCode(found, run);
    }

    private void write(SuiteReport found, SuiteOptions options, Path folder) {
        try {
            new ReportFolder(folder).write(found, new Explainer(new Assumptions(options.storeOrder(), false, false)));
        } catch (IOException failure) {
            throw drivers.wrong("--report " + folder + " cannot be written (" + failure + "); name another folder");
        }
    }

    private int exitCode(SuiteReport found, SuiteRun run) {
        if (!run.problems().isEmpty()
                || found.drivers().stream().anyMatch(driver -> driver.verdict().equals("error"))) {
            return ExitCode.SUITE_FAILED;
        }
        boolean conforms =
                found.conforms() && (!strict || found.drivers().stream().allMatch(TestCommand::isSpotless));
        return conforms ? ExitCode.CONFORMS : ExitCode.DOES_NOT_CONFORM;
    }

    private static boolean isSpotless(DriverReport driver) {
        return driver.rules().stream().noneMatch(rule -> switch (rule.rule().level()) {
            case ADVICE -> rule.verdict() == Verdict.FAIL;
            case REQUIRED -> rule.verdict() == Verdict.SKIP;
            case IF_CAPABLE -> false;
        });
    }
}
