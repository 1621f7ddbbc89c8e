package dev.hitless.iommu.conformance.coretests;

import dev.hitless.iommu.api.Errno;
import dev.hitless.iommu.conformance.rules.Rule;
import dev.hitless.iommu.conformance.scenario.Scenario;
import dev.hitless.iommu.conformance.scenario.ScenarioResult;
import dev.hitless.iommu.conformance.subsystem.Bench;
import dev.hitless.iommu.conformance.subsystem.Subsystem;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Every mistake that a call of attach or replace can make, each alone and in pairs, where the check that comes first
 * decides. Pairs whose errors are the same tell nothing and are left out; so are those of a mistake that is not refused
 * even alone.
 */
final class RefusalOrderScenario implements Scenario {
    private final Bench.Factory benches;
    private final Subsystem.Factory subsystems;
    private final boolean replace;

    RefusalOrderScenario(Bench.Factory benches, Subsystem.Factory subsystems, boolean replace) {
        this.benches = benches;
        this.subsystems = subsystems;
        this.replace = replace;
    }

    @Override
    public String name() {
        return "core/pasid-" + operation() + "-refusals/" + benches.name();
    }

    private String operation() {
        return replace ? "replace" : "attach";
    }

    @Override
    public Set<Rule> exercises() {
        return replace
                ? EnumSet.of(Rule.CORE_02, Rule.CORE_07, Rule.CORE_08, Rule.CORE_10)
                : EnumSet.of(Rule.CORE_02, Rule.CORE_06, Rule.CORE_08, Rule.CORE_10);
    }

    @Override
    public ScenarioResult run() {
        Findings findings = new Findings();
        Set<Mistake> mistakes = replace ? Mistake.OF_REPLACE : Mistake.OF_ATTACH;
        Set<Mistake> refused = EnumSet.noneOf(Mistake.class);
        for (Mistake mistake : mistakes) {
            if (alone(findings, mistake)) {
                refused.add(mistake);
            }
        }
        for (Mistake earlier : refused) {
            refused.stream().filter(earlier::decidesOver).forEach(later -> pair(findings, earlier, later));
        }
        return findings.result();
    }

    private boolean alone(Findings findings, Mistake mistake) {
        Call call = new Call(new Setting(benches, subsystems), replace).with(List.of(mistake));
        Call.State before = call.state();
        Performed done = call.perform(operation());
        String when = operation() + ", " + mistake.what + ": ";
        if (done.thrown().isEmpty()) {
            findings.add(mistake.rule, when + "refused with " + mistake.errno, done.outcome());
            return false;
        }
        boolean right = done.errno().equals(Optional.of(mistake.errno));
        findings.check(Rule.CORE_02, right, when + "refused with " + mistake.errno, done.outcome());
        if (mistake != Mistake.DRIVER) {
            boolean same = before.equals(call.state()) && done.calls().isEmpty();
            findings.check(
                    mistake.rule == Rule.CORE_02 ? Rule.CORE_08 : mistake.rule,
                    same,
                    when + "refused before anything changes",
                    before + ", then " + call.state() + ", calls " + done.calls());
        }
        return right;
    }

    private void pair(Findings findings, Mistake earlier, Mistake later) {
        Performed done = new Call(new Setting(benches, subsystems), replace)
                .with(List.of(earlier, later))
                .perform(operation());
        Optional<Errno> errno = done.errno();
        findings.check(
                Rule.CORE_02,
                errno.equals(Optional.of(earlier.errno)),
                operation() + ", " + earlier.what + " and " + later.what + ": refused with " + earlier.errno
                        + ", which is checked first",
                done.outcome());
    }
}
