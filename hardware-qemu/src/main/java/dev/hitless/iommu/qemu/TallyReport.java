package dev.hitless.iommu.qemu;

import dev.hitless.iommu.conformance.report.EmulationReport;
import dev.hitless.iommu.conformance.report.RuleReport;
import dev.hitless.iommu.conformance.rules.Rule;
import dev.hitless.iommu.conformance.rules.Verdict;
import dev.hitless.iommu.conformance.suite.SuiteOptions;
import dev.hitless.iommu.qemu.check.Tally;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What was found, in the form of reports. */
final class TallyReport {
    private final Tally tally;
    private final SuiteOptions options;
    private final String problem;

    TallyReport(Tally tally, SuiteOptions options) {
        this.tally = tally;
        this.options = options;
        this.problem = problem(tally);
    }

    /** Why the suite itself is to be doubted; empty: it is not. Where the driver has failed, that comes first. */
    private static String problem(Tally tally) {
        boolean failed = tally.rules().values().stream().anyMatch(rule -> rule.failureCount() > 0);
        if (failed) {
            return "";
        }
        if (tally.disagreementCount() > 0) {
            return "QEMU and the hardware model disagree " + tally.disagreementCount() + " times, first "
                    + tally.disagreements().get(0);
        }
        return tally.errors().isEmpty()
                ? ""
                : tally.errors().size() + " scenarios came to no end, first "
                        + tally.errors().get(0);
    }

    List<RuleReport> rules() {
        List<RuleReport> reports = new ArrayList<>();
        for (Rule rule : Rule.values()) {
            if (options.rules().isEmpty() || options.rules().contains(rule)) {
                reports.add(report(rule));
            }
        }
        return reports;
    }

    private RuleReport report(Rule rule) {
        Tally.RuleTally found = tally.rules().get(rule);
        if (found == null) {
            String reason = options.scenarioGlob().isPresent()
                    ? "no scenario that was chosen exercises it"
                    : "not visible on QEMU";
            return new RuleReport(rule, Verdict.SKIP, reason, 0, 0, List.of(), 0);
        }
        Verdict verdict = found.failureCount() > 0 ? Verdict.FAIL : problem.isEmpty() ? Verdict.PASS : Verdict.ERROR;
        return new RuleReport(
                rule,
                verdict,
                verdict == Verdict.ERROR ? problem : "",
                found.scenarios(),
                found.observations(),
                found.failures(),
                found.failureCount());
    }

    EmulationReport emulation(String release, Duration time) {
        List<EmulationReport.Departure> departures = new ArrayList<>();
        tally.departures()
                .asMap()
                .forEach((departure, count) ->
                        departures.add(new EmulationReport.Departure(departure.label(), departure.sentence(), count)));
        List<String> disagreements = new ArrayList<>(tally.disagreements());
        disagreements.addAll(tally.errors());
        return new EmulationReport(
                release, tally.transfers(), tally.instants(), tally.comparisons(), departures, disagreements, time);
    }
}
