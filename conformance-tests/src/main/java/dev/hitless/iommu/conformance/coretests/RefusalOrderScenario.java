package dev.hitless.iommu.conformance.coretests;

import dev.hitless.iommu.conformance.rules.Rule;
import dev.hitless.iommu.conformance.scenario.Scenario;
import dev.hitless.iommu.conformance.scenario.ScenarioResult;
import dev.hitless.iommu.conformance.subsystem.Bench;
import dev.hitless.iommu.conformance.subsystem.Subsystem;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Every mistake that a call of attach or replace can make, each alone and in pairs, where the check that comes first
 * decides. Pairs whose errors are the same tell nothing and are left out; so are those of a mistake that is not refused
 * even alone.
 *
 * @param <M> what can be wrong about the call
 */
final class RefusalOrderScenario<M extends Mistake<M>> implements Scenario {
    private final String name;
    private final Set<Rule> rules;
    private final Set<M> mistakes;
    private final Supplier<Call<M>> calls;

    /**
     * @param name of the scenario
     * @param rules that it exercises
     * @param mistakes that the calls can make
     * @param calls each in a setting of its own
     */
    private RefusalOrderScenario(String name, Set<Rule> rules, Set<M> mistakes, Supplier<Call<M>> calls) {
        this.name = name;
        this.rules = rules;
        this.mistakes = mistakes;
        this.calls = calls;
    }

    /** Of calls that name a PASID. */
    static Scenario behindPasid(Bench.Factory benches, Subsystem.Factory subsystems, boolean replace) {
        return new RefusalOrderScenario<>(
                "core/pasid-" + operation(replace) + "-refusals/" + benches.name(),
                EnumSet.of(Rule.CORE_02, replace ? Rule.CORE_07 : Rule.CORE_06, Rule.CORE_08, Rule.CORE_10),
                replace ? PasidMistake.OF_REPLACE : PasidMistake.OF_ATTACH,
                () -> new PasidCall(operation(replace), new Setting(benches, subsystems), replace));
    }

    /** Of calls for requests without PASID. */
    static Scenario withoutPasid(Bench.Factory benches, Subsystem.Factory subsystems, boolean replace) {
        return new RefusalOrderScenario<>(
                "core/rid-" + operation(replace) + "-refusals/" + benches.name(),
                EnumSet.of(Rule.CORE_02, Rule.CORE_08, Rule.CORE_10),
                replace ? RidMistake.OF_REPLACE : RidMistake.OF_ATTACH,
                () -> new RidCall("rid " + operation(replace), new Setting(benches, subsystems), replace));
    }

    private static String operation(boolean replace) {
        return replace ? "replace" : "attach";
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Set<Rule> exercises() {
        return rules;
    }

    @Override
    public ScenarioResult run() {
        Findings findings = new Findings();
        List<M> refused = new ArrayList<>();
        for (M mistake : mistakes) {
            if (alone(findings, mistake)) {
                refused.add(mistake);
            }
        }
        for (M earlier : refused) {
            refused.stream().filter(earlier::decidesOver).forEach(later -> pair(findings, earlier, later));
        }
        return findings.result();
    }

    private boolean alone(Findings findings, M mistake) {
        Mistake.Refusal refusal = mistake.refusal();
        Call<M> call = calls.get().with(List.of(mistake));
        Call.State before = call.state();
        Performed done = call.perform();
        String when = done.what() + ", " + refusal.what() + ": ";
        if (done.thrown().isEmpty()) {
            findings.add(refusal.rule(), when + "refused with " + refusal.errno(), done.outcome());
            return false;
        }
        boolean right = done.errno().equals(Optional.of(refusal.errno()));
        findings.check(Rule.CORE_02, right, when + "refused with " + refusal.errno(), done.outcome());
        if (!mistake.isOfTheDriver()) {
            boolean same = before.equals(call.state()) && done.calls().isEmpty();
            findings.check(
                    refusal.rule() == Rule.CORE_02 ? Rule.CORE_08 : refusal.rule(),
                    same,
                    when + "refused before anything changes",
                    before + ", then " + call.state() + ", calls " + done.calls());
        }
        return right;
    }

    private void pair(Findings findings, M earlier, M later) {
        Performed done = calls.get().with(List.of(earlier, later)).perform();
        findings.check(
                Rule.CORE_02,
                done.errno().equals(Optional.of(earlier.refusal().errno())),
                done.what() + ", " + earlier.refusal().what() + " and "
                        + later.refusal().what() + ": refused with "
                        + earlier.refusal().errno() + ", which is checked first",
                done.outcome());
    }
}
