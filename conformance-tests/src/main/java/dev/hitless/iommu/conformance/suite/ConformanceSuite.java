package dev.hitless.iommu.conformance.suite;

import dev.hitless.iommu.api.Capability;
import dev.hitless.iommu.api.DriverCapabilities;
import dev.hitless.iommu.conformance.coretests.CoreScenarios;
import dev.hitless.iommu.conformance.judge.Judge;
import dev.hitless.iommu.conformance.observe.Assumptions;
import dev.hitless.iommu.conformance.report.DriverReport;
import dev.hitless.iommu.conformance.scenario.Scenario;
import dev.hitless.iommu.conformance.scenario.ScenarioGenerator;
import dev.hitless.iommu.conformance.scenario.Target;
import dev.hitless.iommu.conformance.subsystem.Subsystem;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/** The conformance suite for one driver. */
public final class ConformanceSuite {
    private final Target target;
    private final SuiteOptions options;
    private final ScenarioGenerator generator;
    private final Judge judge;
    private final Subsystem.Factory subsystems;

    /** A suite for {@code target} under the core that comes with Hitless. */
    public ConformanceSuite(Target target, SuiteOptions options) {
        this(target, options, Subsystem.iommuCore());
    }

    /** A suite for {@code target} under any subsystem. */
    public ConformanceSuite(Target target, SuiteOptions options, Subsystem.Factory subsystems) {
        this.target = target;
        this.options = options;
        this.subsystems = subsystems;
        Assumptions assumptions = new Assumptions(options.storeOrder(), false, false);
        this.judge = new Judge(assumptions);
        this.generator = new ScenarioGenerator(
                target, assumptions, options.anyFetchOrder(), options.seed(), options.schedules(), options.faults());
    }

    /** What the driver claims on the usual hardware. */
    public DriverCapabilities capabilities() {
        return generator.capabilities();
    }

    /** The scenarios that {@link #run} will run. */
    public List<Scenario> scenarios() {
        List<Scenario> chosen = new ArrayList<>(CoreScenarios.scripted(subsystems));
        chosen.addAll(CoreScenarios.over(target, generator.usual(), judge, subsystems, options.schedules()));
        chosen.addAll(CoreScenarios.inTurn(target, generator.unusual(), judge, subsystems));
        chosen.addAll(generator.generate());
        ScenarioGlob glob = new ScenarioGlob(options.scenarioGlob());
        chosen.removeIf(scenario -> !glob.matches(scenario.name()));
        if (!options.rules().isEmpty()) {
            chosen.removeIf(scenario -> scenario.exercises().stream().noneMatch(options.rules()::contains));
        }
        return chosen;
    }

    /**
     * Runs everything and says what was found.
     *
     * @param jar where the driver came from, for the report
     */
    public DriverReport run(String jar, Progress progress) {
        Results results = new Results(target.invocation(), options);
        List<Scenario> scenarios = scenarios();
        AtomicInteger done = new AtomicInteger();
        ExecutorService threads = Executors.newFixedThreadPool(options.jobs());
        try {
            List<Future<?>> running = new ArrayList<>();
            for (Scenario scenario : scenarios) {
                running.add(threads.submit(() -> {
                    results.add(scenario, Attempt.of(scenario));
                    progress.scenarios(done.incrementAndGet(), scenarios.size());
                }));
            }
            for (Future<?> future : running) {
                future.get();
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("the run was interrupted", interrupted);
        } catch (ExecutionException failed) {
            throw new IllegalStateException("the suite itself failed", failed.getCause());
        } finally {
            threads.shutdownNow();
        }
        return new DriverReport(
                target.driver().id(),
                target.driver().vendor(),
                target.driver().contractVersion(),
                jar,
                generator.capabilities().capabilities().stream()
                        .sorted()
                        .map(Capability::label)
                        .toList(),
                results.rules(),
                results.transitions(),
                results.totals());
    }
}
