package dev.hitless.iommu.conformance.scenario;

import dev.hitless.iommu.api.IommuException;
import dev.hitless.iommu.conformance.judge.Finding;
import dev.hitless.iommu.conformance.judge.OverlapJudge;
import dev.hitless.iommu.conformance.judge.Overlapping;
import dev.hitless.iommu.conformance.observe.Assumptions;
import dev.hitless.iommu.conformance.overlap.Overlap;
import dev.hitless.iommu.conformance.overlap.Scene;
import dev.hitless.iommu.conformance.rules.Rule;
import dev.hitless.iommu.conformance.schedule.ScheduleSearch;
import dev.hitless.iommu.conformance.trace.SharedState;
import java.util.EnumSet;
import java.util.Set;

/**
 * Operations that overlap, in every schedule up to a number of preemptions. First one after the other, in every order: what
 * is wrong then is not the fault of overlapping, and is all that is reported.
 */
final class OverlapScenario implements Scenario {
    private final Target target;
    private final Assumptions assumptions;
    private final Variant variant;
    private final Overlap overlap;
    private final int preemptions;
    private final boolean slow;

    /** @param preemptions most preemptions in one schedule; 0: only one after the other */
    OverlapScenario(Target target, Assumptions assumptions, Variant variant, Overlap overlap, int preemptions) {
        this(target, assumptions, variant, overlap, preemptions, false);
    }

    /** @param slow whether operations wait for hardware, and overlap there even without preemption */
    OverlapScenario(
            Target target, Assumptions assumptions, Variant variant, Overlap overlap, int preemptions, boolean slow) {
        this.target = target;
        this.assumptions = assumptions;
        this.variant = variant;
        this.overlap = overlap;
        this.preemptions = Math.min(preemptions, overlap.mostPreemptions());
        this.slow = slow;
    }

    @Override
    public String name() {
        return overlap + "/" + variant;
    }

    @Override
    public Set<Rule> exercises() {
        return overlap.changesPages()
                ? EnumSet.of(Rule.DRV_13, Rule.DRV_21, Rule.DRV_22)
                : EnumSet.of(Rule.DRV_13, Rule.DRV_22);
    }

    @Override
    public ScenarioResult run() {
        try {
            return play();
        } catch (IommuException refused) {
            return ScenarioResult.broken(Finding.of(
                    Rule.DRV_22, -1, "all that the operations need can be set up before", String.valueOf(refused)));
        }
    }

    private ScenarioResult play() {
        OneAfterTheOther orders = new OneAfterTheOther(this::scene);
        String impossible = orders.impossible();
        if (!impossible.isEmpty()) {
            return ScenarioResult.notApplicable(impossible);
        }
        if (!orders.findings().isEmpty()) {
            return ScenarioResult.broken(orders.findings().get(0));
        }
        Overlapping overlapping = orders.carryOut();
        if (!orders.findings().isEmpty()) {
            return ScenarioResult.broken(orders.findings().get(0));
        }
        OverlapChecks checks = new OverlapChecks(new OverlapJudge(assumptions, overlapping));
        SharedState shared = new SharedState();
        ScheduleSearch search = new ScheduleSearch(0);
        checks.playAll(search, this::scene, shared, !slow);
        while (preemptions > 0 && checks.isClean()) {
            shared.freeze();
            search = new ScheduleSearch(preemptions);
            checks.playAll(search, this::scene, shared, false);
            if (!shared.hasGrown()) {
                break;
            }
        }
        checks.lockOrder();
        return checks.result().withSchedules(search.schedules());
    }

    private Scene scene() {
        return overlap.on(target.machine(variant));
    }
}
