package dev.hitless.iommu.cli;

import dev.hitless.iommu.conformance.suite.SuiteOptions;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code hitless compare}. */
@Command(
        name = "compare",
        header = "Show drivers side by side: each change of domain, what it promises, does and costs.",
        descriptionHeading = "%n",
        description = {
            "Each cell says what DMA could experience, by which plan, and the stores, commands and waits it",
            "took. Without --scenario every change is run on the default hardware with nobody else around.",
            "Kinds of domain are compared by what they are (first stage, second stage, SVA, nested, identity,",
            "blocked); of several formats the worst outcome counts. ! marks rows where drivers differ.",
            "Exit code 0: the table was made, whatever it shows; 2: wrong usage; 3: a driver could not be run."
        },
        optionListHeading = "%nOptions:%n",
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  hitless compare",
            "  hitless compare --driver vtd --plugin my-driver.jar --driver mine",
            "  hitless compare --scenario '*/crowd/default' --json"
        })
final class CompareCommand implements Callable<Integer> {
    private static final String USUAL = "*->*/alone/default";

    private final Screen screen;

    @Mixin
    private DriverChoice drivers = new DriverChoice();

    @Option(
            names = "--scenario",
            paramLabel = "GLOB",
            description = "Only scenarios whose name matches; without it '" + USUAL + "'.")
    private @Nullable String scenario;

    @Mixin
    private SuiteChoice suite = new SuiteChoice();

    @Option(names = "--json", description = "Print one JSON document, nothing else, on standard output.")
    private boolean json;

    CompareCommand(Screen screen) {
        this.screen = screen;
    }

    @Override
    public Integer call() {
        SuiteOptions options = suite.options(List.of(), Optional.of(scenario == null ? USUAL : scenario));
        SuiteRun run = SuiteRun.prepare(drivers, options, suite.onlyModels());
        run.execute(screen, true);
        Comparison comparison = run.comparison();
        if (json) {
            JsonOutput.print(screen, comparison::write);
        } else {
            new ComparisonText(screen).print(comparison);
        }
        run.problems().forEach(screen::complain);
        return run.problems().isEmpty() ? ExitCode.CONFORMS : ExitCode.SUITE_FAILED;
    }
}
