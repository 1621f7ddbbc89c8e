package dev.hitless.iommu.conformance.suite;

import dev.hitless.iommu.api.ReplaceGuarantee;
import dev.hitless.iommu.conformance.judge.Finding;
import dev.hitless.iommu.conformance.judge.Judgement;
import dev.hitless.iommu.conformance.judge.Operation;
import dev.hitless.iommu.conformance.report.Failure;
import dev.hitless.iommu.conformance.report.RuleReport;
import dev.hitless.iommu.conformance.report.Totals;
import dev.hitless.iommu.conformance.report.TransitionReport;
import dev.hitless.iommu.conformance.rules.Rule;
import dev.hitless.iommu.conformance.rules.RuleLevel;
import dev.hitless.iommu.conformance.rules.Verdict;
import dev.hitless.iommu.conformance.scenario.Scenario;
import dev.hitless.iommu.conformance.scenario.ScenarioResult;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Adds up scenarios. Thread safe; what it says does not depend on the order in which they end. */
final class Results {
    private static final int MOST_FAILURES = 5;

    private final String invocation;
    private final SuiteOptions options;
    private final Map<Rule, Tally> tallies = new EnumMap<>(Rule.class);
    private final Map<String, TransitionTally> transitions = new TreeMap<>();
    private Totals totals = Totals.NONE;

    Results(String invocation, SuiteOptions options) {
        this.invocation = invocation;
        this.options = options;
        for (Rule rule : Rule.values()) {
            tallies.put(rule, new Tally());
        }
    }

    synchronized void add(Scenario scenario, Attempt attempt) {
        if (attempt.error().isPresent()) {
            for (Rule rule : scenario.exercises()) {
                tally(rule)
                        .errors
                        .put(scenario.name(), String.valueOf(attempt.error().get()));
            }
            totals = totals.plus(new Totals(1, 0, 0, 0, 0));
            return;
        }
        ScenarioResult result = attempt.result().orElseThrow();
        if (!result.notApplicable().isEmpty()) {
            return;
        }
        totals = totals.plus(
                new Totals(1, result.observations(), result.traces(), result.faultsInjected(), result.schedules()));
        for (Rule rule : scenario.exercises()) {
            Tally tally = tally(rule);
            tally.scenarios++;
            tally.observations += result.observations();
        }
        for (Finding finding : result.findings()) {
            Tally tally = tally(finding.rule());
            tally.broken.merge(scenario.name(), 1, Integer::sum);
            tally.failures.add(failure(scenario, result, finding));
            tally.failures.sort(Comparator.comparing(Failure::scenario, Comparator.comparing(String::length))
                    .thenComparing(Failure::scenario)
                    .thenComparing(failure -> failure.finding().event()));
            if (tally.failures.size() > MOST_FAILURES) {
                tally.failures.remove(tally.failures.size() - 1);
            }
        }
        result.change().ifPresent(change -> transitions
                .computeIfAbsent(change.transition().toString(), name -> new TransitionTally())
                .add(scenario.name(), change));
    }

    private Tally tally(Rule rule) {
        return tallies.computeIfAbsent(rule, r -> new Tally());
    }

    private Failure failure(Scenario scenario, ScenarioResult result, Finding finding) {
        String event = result.evidence()
                .map(Operation::trace)
                .filter(trace -> finding.event() >= 0 && finding.event() <= trace.end())
                .map(trace -> trace.events().get(finding.event()).describe())
                .orElse("");
        return new Failure(
                scenario.name(),
                finding,
                event,
                result.evidence(),
                "./hitless test " + invocation + " --rule " + finding.rule().id() + " --scenario '" + scenario.name()
                        + "'");
    }

    synchronized Totals totals() {
        return totals;
    }

    synchronized List<RuleReport> rules() {
        List<RuleReport> reports = new ArrayList<>();
        for (Rule rule : Rule.values()) {
            if (options.rules().isEmpty() || options.rules().contains(rule)) {
                reports.add(report(rule, tally(rule)));
            }
        }
        return reports;
    }

    private RuleReport report(Rule rule, Tally tally) {
        Verdict verdict;
        String reason = "";
        if (!tally.errors.isEmpty()) {
            verdict = Verdict.ERROR;
            Map.Entry<String, String> first = tally.errors.entrySet().iterator().next();
            reason = tally.errors.size() + " scenarios could not be judged, first " + first.getKey() + ": "
                    + first.getValue();
        } else if (!tally.broken.isEmpty()) {
            verdict = Verdict.FAIL;
        } else if (tally.scenarios == 0) {
            verdict = Verdict.SKIP;
            reason = skipReason(rule);
        } else if (rule == Rule.DRV_03 && !promisesHitless()) {
            verdict = Verdict.SKIP;
            reason = options.scenarioGlob().isPresent()
                    ? "no scenario that was chosen replaces a domain with the driver's promise to do it hitless"
                    : "the driver promises hitless replacement nowhere";
        } else {
            verdict = Verdict.PASS;
        }
        return new RuleReport(
                rule, verdict, reason, tally.scenarios, tally.observations, tally.failures, tally.broken.size());
    }

    private String skipReason(Rule rule) {
        if (options.scenarioGlob().isPresent()) {
            return "no scenario that was chosen exercises it";
        }
        return rule.level() == RuleLevel.IF_CAPABLE
                ? "not claimed by the driver"
                : "no scenario could be run with what the driver claims";
    }

    private boolean promisesHitless() {
        return transitions.values().stream().anyMatch(tally -> tally.everHitless);
    }

    synchronized List<TransitionReport> transitions() {
        return transitions.values().stream().map(TransitionTally::report).toList();
    }

    /** What came of one rule so far. */
    private static final class Tally {
        final Map<String, Integer> broken = new TreeMap<>();
        final Map<String, String> errors = new TreeMap<>();
        final List<Failure> failures = new ArrayList<>();
        long scenarios;
        long observations;
    }

    /** What came of one transition so far. */
    private static final class TransitionTally {
        private ScenarioResult.Change usual;
        private String usualName = "";
        private ReplaceGuarantee promised = ReplaceGuarantee.UNSUPPORTED;
        private Judgement.Seen observed = Judgement.Seen.UNSUPPORTED;
        private boolean everHitless;

        @SuppressWarnings("NullAway.Init") // add() is called right after construction.
        TransitionTally() {}

        void add(String scenario, ScenarioResult.Change change) {
            if (usualName.isEmpty() || isMoreUsual(scenario)) {
                usual = change;
                usualName = scenario;
            }
            everHitless |= change.promise() == ReplaceGuarantee.HITLESS;
            if (weaker(change.promise())) {
                promised = change.promise();
            }
            if (change.seen().compareTo(observed) < 0) {
                observed = change.seen();
            }
        }

        /** Refused in some circumstances is not refused: unsupported is what is supported nowhere. */
        private boolean weaker(ReplaceGuarantee promise) {
            return promise != ReplaceGuarantee.UNSUPPORTED
                    && (promised == ReplaceGuarantee.UNSUPPORTED || promise.compareTo(promised) > 0);
        }

        /** The shortest name is the one with the least special about it; ties by order. */
        private boolean isMoreUsual(String scenario) {
            int mine = rank(scenario);
            int best = rank(usualName);
            return mine < best || (mine == best && scenario.compareTo(usualName) < 0);
        }

        private static int rank(String scenario) {
            return (scenario.contains("/alone/") ? 0 : 2) + (scenario.endsWith("/default") ? 0 : 1);
        }

        TransitionReport report() {
            return new TransitionReport(
                    usual.transition().path(),
                    usual.transition().from().label(),
                    usual.transition().to().label(),
                    promised,
                    observed,
                    usual.cost().plan().label(),
                    usual.cost().stores(),
                    usual.cost().commands(),
                    usual.cost().waits());
        }
    }
}
