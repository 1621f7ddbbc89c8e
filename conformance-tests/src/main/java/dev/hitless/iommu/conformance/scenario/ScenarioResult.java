package dev.hitless.iommu.conformance.scenario;

import dev.hitless.iommu.api.ReplaceGuarantee;
import dev.hitless.iommu.conformance.judge.Cost;
import dev.hitless.iommu.conformance.judge.Finding;
import dev.hitless.iommu.conformance.judge.Judgement;
import dev.hitless.iommu.conformance.judge.Operation;
import java.util.List;
import java.util.Optional;

/**
 * What came of a scenario.
 *
 * @param findings broken rules
 * @param change the change of domain, if it was about one
 * @param observations combinations that were evaluated
 * @param traces operations recorded
 * @param faultsInjected calls made to fail
 * @param schedules interleavings of several operations that were played
 * @param evidence the operation to look at: the one that was judged, or the first of several that broke a rule
 * @param notApplicable why it could not be run, if it could not: the driver does not offer it, and said so
 */
public record ScenarioResult(
        List<Finding> findings,
        Optional<Change> change,
        long observations,
        int traces,
        int faultsInjected,
        long schedules,
        Optional<Operation> evidence,
        String notApplicable) {
    /**
     * A change of domain.
     *
     * @param transition which
     * @param promise what the driver promised
     * @param seen what DMA experienced
     * @param cost what it cost
     */
    public record Change(Transition transition, ReplaceGuarantee promise, Judgement.Seen seen, Cost cost) {}

    public ScenarioResult {
        findings = List.copyOf(findings);
    }

    /** A scenario that the driver or its hardware offers nothing for. */
    public static ScenarioResult notApplicable(String why) {
        return new ScenarioResult(List.of(), Optional.empty(), 0, 0, 0, 0, Optional.empty(), why);
    }

    /** A scenario that came to nothing, through the driver's fault. */
    public static ScenarioResult broken(Finding finding) {
        return new ScenarioResult(List.of(finding), Optional.empty(), 0, 0, 0, 0, Optional.empty(), "");
    }

    /** What was found. */
    public static ScenarioResult of(
            List<Finding> findings, long observations, int traces, Optional<Operation> evidence) {
        return new ScenarioResult(findings, Optional.empty(), observations, traces, 0, 0, evidence, "");
    }

    /** The same, with calls that were made to fail. */
    public ScenarioResult withFaults(int injected) {
        return new ScenarioResult(findings, change, observations, traces, injected, schedules, evidence, notApplicable);
    }

    /** The same, with schedules that were played. */
    public ScenarioResult withSchedules(long played) {
        return new ScenarioResult(
                findings, change, observations, traces, faultsInjected, played, evidence, notApplicable);
    }
}
