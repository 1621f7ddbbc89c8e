package dev.hitless.iommu.cli;

import dev.hitless.iommu.conformance.explain.Explainer;
import dev.hitless.iommu.conformance.explain.Explanation;
import dev.hitless.iommu.conformance.explain.ExplanationJson;
import dev.hitless.iommu.conformance.judge.Operation;
import dev.hitless.iommu.conformance.observe.Assumptions;
import dev.hitless.iommu.conformance.scenario.Scenario;
import dev.hitless.iommu.conformance.scenario.ScenarioResult;
import dev.hitless.iommu.conformance.suite.ConformanceSuite;
import dev.hitless.iommu.conformance.suite.SuiteOptions;
import dev.hitless.iommu.core.FoundDriver;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code hitless explain}. */
@Command(
        name = "explain",
        header = "Show one change of domain step by step, and what hardware could see after each step.",
        descriptionHeading = "%n",
        description = {
            "Give a driver and two kinds of domain, or the name of a scenario, or a trace file that",
            "hitless test --report left. A kind is a format such as first-stage-4-level, or a name that",
            "stands for several such as first-stage, or sva, nested, identity, blocked."
        },
        parameterListHeading = "%nArguments:%n",
        optionListHeading = "%nOptions:%n",
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  hitless explain --driver vtd --from first-stage --to second-stage",
            "  hitless explain --driver vtd --rid --from identity --to blocked",
            "  hitless explain --driver vtd --scenario 'pasid/sva->sva/crowd/default'",
            "  hitless explain out/traces/vtd-001.json"
        })
final class ExplainCommand implements Callable<Integer> {
    private final Screen screen;

    @Parameters(index = "0", arity = "0..1", paramLabel = "FILE", description = "A trace file.")
    private @Nullable Path file;

    @Mixin
    private DriverChoice drivers = new DriverChoice();

    @Option(names = "--from", paramLabel = "KIND", description = "Kind of domain before.")
    private @Nullable String from;

    @Option(names = "--to", paramLabel = "KIND", description = "Kind of domain after.")
    private @Nullable String to;

    @Option(names = "--pasid-path", description = "The domain behind a PASID (this is the default).")
    private boolean pasidPath;

    @Option(names = "--rid", description = "The domain behind requests without PASID.")
    private boolean rid;

    @Option(names = "--scenario", paramLabel = "NAME", description = "A scenario by its name, instead of two kinds.")
    private @Nullable String scenario;

    @Mixin
    private MemoryRules rules = new MemoryRules();

    @Option(names = "--json", description = "Print one JSON document.")
    private boolean json;

    ExplainCommand(Screen screen) {
        this.screen = screen;
    }

    @Override
    public Integer call() throws IOException {
        Explanation explanation = file == null ? record() : read(file);
        if (json) {
            ExplanationJson.write(explanation, screen.out());
        } else {
            new ExplanationText(screen).print(explanation);
        }
        return ExitCode.CONFORMS;
    }

    private Explanation read(Path saved) {
        if (drivers.isNarrow() || from != null || to != null || scenario != null || rid || pasidPath) {
            throw drivers.wrong("a trace file says all there is: give either FILE, or --driver with --from and --to");
        }
        try (Reader in = Files.newBufferedReader(saved)) {
            return ExplanationJson.read(in);
        } catch (IOException unreadable) {
            throw drivers.wrong(
                    saved + " cannot be read (" + unreadable.getClass().getSimpleName()
                            + "); name a trace file that hitless test --report DIR left in DIR/traces");
        } catch (IllegalArgumentException wrong) {
            throw drivers.wrong(saved + " is no trace file: " + wrong.getMessage()
                    + "; name one that hitless test --report DIR left in DIR/traces");
        }
    }

    private Explanation record() {
        if (pasidPath && rid) {
            throw drivers.wrong("--pasid-path and --rid exclude each other; give one of them");
        }
        if (scenario == null ? from == null || to == null : from != null || to != null) {
            throw drivers.wrong("give --driver ID with --from KIND and --to KIND, or with --scenario NAME, or a FILE");
        }
        DriverChoice.Found found = drivers.discover();
        List<FoundDriver> chosen = drivers.chosen(found);
        if (chosen.size() != 1) {
            throw drivers.wrong("one driver is explained at a time; give --driver with one of "
                    + String.join(", ", chosen.stream().map(FoundDriver::id).toList()));
        }
        FoundDriver driver = chosen.get(0);
        SuiteOptions options = rules.on(SuiteOptions.DEFAULTS);
        ConformanceSuite suite = new ConformanceSuite(drivers.target(driver, drivers.model(found, driver)), options);
        Scenario wanted = scenario(suite);
        ScenarioResult result = wanted.run();
        if (!result.notApplicable().isEmpty()) {
            throw drivers.wrong(wanted.name() + " cannot be run: " + result.notApplicable() + "; choose another");
        }
        Optional<Operation> operation = result.evidence();
        return new Explainer(new Assumptions(options.storeOrder(), false, false))
                .explain(
                        driver.id(),
                        wanted.name(),
                        operation.orElseThrow(() -> drivers.wrong(wanted.name()
                                + " broke no rule and keeps no single operation; choose one with '->' in its name")));
    }

    private Scenario scenario(ConformanceSuite suite) {
        String name = scenario;
        if (name == null && from != null && to != null) {
            DomainKinds kinds = DomainKinds.of(suite.capabilities(), !rid);
            name = (rid ? "rid/" : "pasid/") + kinds.require(from, "--from", drivers) + "->"
                    + kinds.require(to, "--to", drivers) + "/alone/default";
        }
        String wanted = String.valueOf(name);
        List<Scenario> scenarios = suite.scenarios();
        return scenarios.stream()
                .filter(candidate -> candidate.name().equals(wanted))
                .findFirst()
                .orElseThrow(() -> drivers.wrong("there is no scenario " + wanted
                        + Similar.to(
                                        wanted,
                                        scenarios.stream().map(Scenario::name).toList())
                                .map(similar -> "; did you mean '" + similar + "'?")
                                .orElse("; hitless test --json names the scenarios of failures")));
    }
}
