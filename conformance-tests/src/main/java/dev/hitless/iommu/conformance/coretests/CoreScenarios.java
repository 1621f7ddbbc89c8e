package dev.hitless.iommu.conformance.coretests;

import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.conformance.judge.Judge;
import dev.hitless.iommu.conformance.observe.Assumptions;
import dev.hitless.iommu.conformance.rules.Rule;
import dev.hitless.iommu.conformance.scenario.Scenario;
import dev.hitless.iommu.conformance.scenario.ScenarioResult;
import dev.hitless.iommu.conformance.scenario.Target;
import dev.hitless.iommu.conformance.scenario.Variant;
import dev.hitless.iommu.conformance.subsystem.Bench;
import dev.hitless.iommu.conformance.subsystem.Benches;
import dev.hitless.iommu.conformance.subsystem.DriverBenches;
import dev.hitless.iommu.conformance.subsystem.Subsystem;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Makes the scenarios for the CORE rules. */
public final class CoreScenarios {
    private static final int PREEMPTIONS_WITHOUT_HARDWARE = 2;

    /** Each schedule takes a machine of its own, and the group's mutex leaves few points to come between more than once. */
    private static final int MOST_PREEMPTIONS = 1;

    private final Subsystem.Factory subsystems;
    private final List<Scenario> scenarios = new ArrayList<>();

    private CoreScenarios(Subsystem.Factory subsystems) {
        this.subsystems = subsystems;
    }

    /** A subsystem over a driver without hardware. */
    public static List<Scenario> scripted(Subsystem.Factory subsystems) {
        CoreScenarios made = new CoreScenarios(subsystems);
        made.addAll(Benches.scripted());
        made.addOverlaps(Benches.scripted(), new Judge(Assumptions.WEAK), PREEMPTIONS_WITHOUT_HARDWARE);
        return List.copyOf(made.scenarios);
    }

    /**
     * A subsystem over a real driver.
     *
     * @param preemptions most preemptions in a schedule of several operations; more than {@value #MOST_PREEMPTIONS} are not
     *     tried
     */
    public static List<Scenario> over(
            Target target, Variant variant, Judge judge, Subsystem.Factory subsystems, int preemptions) {
        CoreScenarios made = new CoreScenarios(subsystems);
        DriverBenches benches = Benches.over(target, variant, judge);
        made.addOneAfterTheOther(benches, judge);
        made.addOverlaps(benches, judge, Math.min(preemptions, MOST_PREEMPTIONS));
        return made.ifPossible(benches);
    }

    private void addOneAfterTheOther(DriverBenches benches, Judge judge) {
        addAll(benches);
        addFaults(benches);
        scenarios.add(new WholeReplaceScenario(benches, subsystems, judge));
    }

    private List<Scenario> ifPossible(DriverBenches benches) {
        return scenarios.stream()
                .<Scenario>map(scenario -> new IfPossible(scenario, benches))
                .toList();
    }

    /**
     * Those without overlaps over the same driver on other hardware, one on each in turn, so that there are no more of them
     * than on the usual.
     */
    public static List<Scenario> inTurn(
            Target target, List<Variant> variants, Judge judge, Subsystem.Factory subsystems) {
        List<List<Scenario>> all = variants.stream()
                .map(variant -> {
                    CoreScenarios made = new CoreScenarios(subsystems);
                    DriverBenches benches = Benches.over(target, variant, judge);
                    made.addOneAfterTheOther(benches, judge);
                    return made.ifPossible(benches);
                })
                .toList();
        List<Scenario> chosen = new ArrayList<>();
        for (int i = 0; !all.isEmpty() && i < all.get(0).size(); i++) {
            chosen.add(all.get(i % all.size()).get(i));
        }
        return chosen;
    }

    /** A scenario that needs domains behind PASIDs and beside them. */
    private record IfPossible(Scenario scenario, Bench.Factory benches) implements Scenario {
        @Override
        public String name() {
            return scenario.name();
        }

        @Override
        public Set<Rule> exercises() {
            return scenario.exercises();
        }

        @Override
        public ScenarioResult run() {
            return benches.isPossible()
                    ? scenario.run()
                    : ScenarioResult.notApplicable("the driver offers no paging domains behind PASIDs and beside them");
        }
    }

    private void addAll(Bench.Factory benches) {
        for (boolean replace : new boolean[] {false, true}) {
            scenarios.add(RefusalOrderScenario.behindPasid(benches, subsystems, replace));
            scenarios.add(RefusalOrderScenario.withoutPasid(benches, subsystems, replace));
        }
        scenarios.add(new WrongDetachScenario(benches, subsystems));
        for (Pasid pasid : List.of(Setting.PASID, Pasid.NONE)) {
            for (Change change : Change.values()) {
                addSwitches(benches, change, pasid);
            }
            scenarios.add(new HandleScenario(benches, subsystems, pasid));
        }
        for (PageRequestRoutingScenario.Ending ending : PageRequestRoutingScenario.Ending.values()) {
            scenarios.add(new PageRequestRoutingScenario(benches, subsystems, ending));
        }
        for (RecoveryScenario.Course course : RecoveryScenario.Course.values()) {
            scenarios.add(new RecoveryScenario(benches, subsystems, course));
        }
    }

    private void addOverlaps(Bench.Factory benches, Judge judge, int preemptions) {
        for (CoreOverlap overlap : CoreOverlaps.all()) {
            scenarios.add(new CoreOverlapScenario(benches, subsystems, judge, overlap, preemptions));
        }
    }

    /** No device fails; each fails; and each of those before it cannot go back. */
    private void addSwitches(Bench.Factory benches, Change change, Pasid pasid) {
        int devices = pasid.isNone() ? 4 : 3;
        scenarios.add(new SwitchScenario(benches, subsystems, change, pasid, SwitchScenario.NONE, SwitchScenario.NONE));
        for (int failing = 0; failing < devices; failing++) {
            scenarios.add(new SwitchScenario(benches, subsystems, change, pasid, failing, SwitchScenario.NONE));
            for (int stuck = 0; stuck < failing && change != Change.DETACH; stuck++) {
                scenarios.add(new SwitchScenario(benches, subsystems, change, pasid, failing, stuck));
            }
        }
    }

    private void addFaults(Bench.Factory benches) {
        scenarios.add(new RecoveryFaultScenario(benches, subsystems));
        for (Pasid pasid : List.of(Setting.PASID, Pasid.NONE)) {
            for (Change change : List.of(Change.ATTACH, Change.REPLACE)) {
                scenarios.add(new FaultScenario(benches, subsystems, change, pasid));
            }
        }
    }
}
