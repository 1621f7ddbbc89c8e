package dev.hitless.iommu.conformance.coretests;

import dev.hitless.iommu.conformance.rules.Rule;
import dev.hitless.iommu.conformance.scenario.Scenario;
import dev.hitless.iommu.conformance.scenario.ScenarioResult;
import dev.hitless.iommu.conformance.subsystem.Bench;
import dev.hitless.iommu.conformance.subsystem.Subsystem;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** As {@link RefusalOrderScenario}, for requests without PASID. */
final class RidRefusalOrderScenario implements Scenario {
    private final Bench.Factory benches;
    private final Subsystem.Factory subsystems;
    private final boolean replace;

    RidRefusalOrderScenario(Bench.Factory benches, Subsystem.Factory subsystems, boolean replace) {
        this.benches = benches;
        this.subsystems = subsystems;
        this.replace = replace;
    }

    @Override
    public String name() {
        return "core/rid-" + operation() + "-refusals/" + benches.name();
    }

    private String operation() {
        return replace ? "replace" : "attach";
    }

    @Override
    public Set<Rule> exercises() {
        return EnumSet.of(Rule.CORE_02, Rule.CORE_08, Rule.CORE_10);
    }

    @Override
    public ScenarioResult run() {
        Findings findings = new Findings();
        Set<RidMistake> refused = EnumSet.noneOf(RidMistake.class);
        for (RidMistake mistake : replace ? RidMistake.OF_REPLACE : RidMistake.OF_ATTACH) {
            if (alone(findings, mistake)) {
                refused.add(mistake);
            }
        }
        for (RidMistake earlier : refused) {
            refused.stream().filter(earlier::decidesOver).forEach(later -> pair(findings, earlier, later));
        }
        return findings.result();
    }

    private boolean alone(Findings findings, RidMistake mistake) {
        RidCall call = new RidCall(new Setting(benches, subsystems), replace).with(List.of(mistake));
        Call.State before = call.state();
        Performed done = call.perform("rid " + operation());
        String when = done.what() + ", " + mistake.what + ": ";
        if (done.thrown().isEmpty()) {
            findings.add(mistake.rule, when + "refused with " + mistake.errno, done.outcome());
            return false;
        }
        boolean right = done.errno().equals(Optional.of(mistake.errno));
        findings.check(Rule.CORE_02, right, when + "refused with " + mistake.errno, done.outcome());
        if (mistake != RidMistake.DRIVER) {
            boolean same = before.equals(call.state()) && done.calls().isEmpty();
            findings.check(
                    mistake.rule == Rule.CORE_02 ? Rule.CORE_08 : mistake.rule,
                    same,
                    when + "refused before anything changes",
                    before + ", then " + call.state() + ", calls " + done.calls());
        }
        return right;
    }

    private void pair(Findings findings, RidMistake earlier, RidMistake later) {
        Performed done = new RidCall(new Setting(benches, subsystems), replace)
                .with(List.of(earlier, later))
                .perform("rid " + operation());
        findings.check(
                Rule.CORE_02,
                done.errno().equals(Optional.of(earlier.errno)),
                done.what() + ", " + earlier.what + " and " + later.what + ": refused with " + earlier.errno
                        + ", which is checked first",
                done.outcome());
    }
}
