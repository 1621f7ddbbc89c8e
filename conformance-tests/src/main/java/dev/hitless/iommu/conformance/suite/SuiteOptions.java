package dev.hitless.iommu.conformance.suite;

import dev.hitless.iommu.conformance.observe.Assumptions;
import dev.hitless.iommu.conformance.rules.Rule;
import dev.hitless.iommu.conformance.scenario.FaultCoverage;
import java.util.Optional;
import java.util.Set;

/**
 * How to run the suite.
 *
 * @param storeOrder visibility profile
 * @param anyFetchOrder whether to take the stricter reading of the order of fetches
 * @param rules rules to judge; empty: all
 * @param scenarioGlob scenarios to run, with {@code *} and {@code ?}; empty: all
 * @param jobs threads, at least 1
 * @param seed for everything that is drawn by chance
 * @param schedules most preemptions in a schedule of several operations; 0: only one after the other
 * @param faults how many calls of the platform to make fail
 */
public record SuiteOptions(
        Assumptions.StoreOrder storeOrder,
        boolean anyFetchOrder,
        Set<Rule> rules,
        Optional<String> scenarioGlob,
        int jobs,
        long seed,
        int schedules,
        FaultCoverage faults) {
    /** What {@code ./hitless test} does without options. */
    public static final SuiteOptions DEFAULTS = new SuiteOptions(
            Assumptions.StoreOrder.WEAK,
            false,
            Set.of(),
            Optional.empty(),
            Math.max(1, Runtime.getRuntime().availableProcessors()),
            0x5EED,
            2,
            FaultCoverage.ROTATING);

    public SuiteOptions {
        rules = Set.copyOf(rules);
        if (jobs < 1) {
            throw new IllegalArgumentException("jobs " + jobs + "; at least one thread is needed");
        }
        if (schedules < 0) {
            throw new IllegalArgumentException("schedules " + schedules + "; 0 is the least: one after the other");
        }
    }

    /** The same, for some scenarios only. */
    public SuiteOptions withScenarios(String glob) {
        return new SuiteOptions(storeOrder, anyFetchOrder, rules, Optional.of(glob), jobs, seed, schedules, faults);
    }

    /** The same, with at most {@code preemptions} in each schedule of several operations. */
    public SuiteOptions withSchedules(int preemptions) {
        return new SuiteOptions(storeOrder, anyFetchOrder, rules, scenarioGlob, jobs, seed, preemptions, faults);
    }

    /** The same, with calls of the platform failing on that much hardware. */
    public SuiteOptions withFaults(FaultCoverage coverage) {
        return new SuiteOptions(storeOrder, anyFetchOrder, rules, scenarioGlob, jobs, seed, schedules, coverage);
    }
}
