package dev.hitless.iommu.qemu.check;

import dev.hitless.iommu.conformance.judge.Finding;
import dev.hitless.iommu.conformance.report.Failure;
import dev.hitless.iommu.conformance.rules.Rule;
import dev.hitless.iommu.qemu.unit.DepartureCount;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What scenarios found, added up. */
public final class Tally {
    private static final int MOST_FAILURES = 5;
    private static final int MOST_PROBLEMS = 20;

    private final String invocation;
    private final Map<Rule, RuleTally> rules = new EnumMap<>(Rule.class);
    private final List<String> disagreements = new ArrayList<>();
    private final List<String> errors = new ArrayList<>();
    private final DepartureCount departures = new DepartureCount();
    private long disagreementCount;
    private long scenarios;
    private long operations;
    private long transfers;
    private long instants;
    private long comparisons;

    /** What was found about one rule. */
    public static final class RuleTally {
        private long scenarios;
        private long observations;
        private long failureCount;
        private final List<Failure> failures = new ArrayList<>();

        private void add(RuleTally other) {
            scenarios += other.scenarios;
            observations += other.observations;
            failureCount += other.failureCount;
            other.failures.stream().limit(MOST_FAILURES - failures.size()).forEach(failures::add);
        }

        /** Operations that could have broken it. */
        public long scenarios() {
            return scenarios;
        }

        /** DMA operations that were judged by it. */
        public long observations() {
            return observations;
        }

        /** Operations that broke it. */
        public long failureCount() {
            return failureCount;
        }

        /** The first of those. A copy. */
        public List<Failure> failures() {
            return List.copyOf(failures);
        }
    }

    /** @param invocation the driver, as the command that shows a failure again names it */
    public Tally(String invocation) {
        this.invocation = invocation;
    }

    /** Adds what another one has found. */
    public void add(Tally other) {
        other.rules.forEach((rule, found) -> rule(rule).add(found));
        other.disagreements.stream().limit(MOST_PROBLEMS - disagreements.size()).forEach(disagreements::add);
        disagreementCount += other.disagreementCount;
        errors.addAll(other.errors);
        departures.addAll(other.departures);
        scenarios += other.scenarios;
        operations += other.operations;
        transfers += other.transfers;
        instants += other.instants;
        comparisons += other.comparisons;
    }

    /** An operation was judged. */
    void judged(String scenario, Set<Rule> exercised, long seen, List<Finding> findings, List<String> events) {
        for (Rule rule : exercised) {
            RuleTally tally = rule(rule);
            tally.scenarios++;
            tally.observations += seen;
        }
        for (Rule rule : Rule.values()) {
            for (int i = 0; i < findings.size(); i++) {
                if (findings.get(i).rule() == rule) {
                    add(rule(rule), scenario, findings.get(i), events.get(i));
                    break;
                }
            }
        }
    }

    private void add(RuleTally tally, String scenario, Finding finding, String event) {
        tally.failureCount++;
        if (tally.failures.size() < MOST_FAILURES) {
            tally.failures.add(new Failure(
                    scenario,
                    finding,
                    event,
                    Optional.empty(),
                    "./hitless test --hardware qemu " + invocation + " --scenario '" + scenario + "'"));
        }
    }

    private RuleTally rule(Rule rule) {
        return rules.computeIfAbsent(rule, key -> new RuleTally());
    }

    /** A recorded operation was watched. */
    void watched(int instantsSeen, long compared) {
        operations++;
        instants += instantsSeen;
        comparisons += compared;
    }

    /** Something else was held against the model. */
    void compared(long count) {
        comparisons += count;
    }

    /** QEMU and the model disagree. */
    void disagree(String scenario, String what) {
        disagreementCount++;
        if (disagreements.size() < MOST_PROBLEMS) {
            disagreements.add(scenario + ": " + what);
        }
    }

    /** A scenario could not be run to its end. */
    public void error(String scenario, String what) {
        errors.add(scenario + ": " + what);
    }

    /** A scenario is over. */
    void finished(QemuMachine machine) {
        scenarios++;
        transfers += machine.transfers();
        departures.addAll(machine.departures());
    }

    /** By rule; rules that nothing exercised are not in it. */
    public Map<Rule, RuleTally> rules() {
        return new EnumMap<>(rules);
    }

    /** Where QEMU and the model disagree, the first few. */
    public List<String> disagreements() {
        return List.copyOf(disagreements);
    }

    /** How often they do. */
    public long disagreementCount() {
        return disagreementCount;
    }

    /** Scenarios that came to no end, with the reason. */
    public List<String> errors() {
        return List.copyOf(errors);
    }

    /** Known departures that were met. */
    public DepartureCount departures() {
        return departures;
    }

    /** Scenarios that came to an end. */
    public long scenarios() {
        return scenarios;
    }

    /** Operations that were recorded and watched. */
    public long operations() {
        return operations;
    }

    /** DMA operations of the devices. */
    public long transfers() {
        return transfers;
    }

    /** Instants at which DMA was done. */
    public long instants() {
        return instants;
    }

    /** DMA operations whose outcome was held against the model. */
    public long comparisons() {
        return comparisons;
    }
}
