package dev.hitless.iommu.conformance.coretests;

import dev.hitless.iommu.api.Errno;
import dev.hitless.iommu.api.IommuDomain;
import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.conformance.rules.Rule;
import dev.hitless.iommu.conformance.scenario.Scenario;
import dev.hitless.iommu.conformance.scenario.ScenarioResult;
import dev.hitless.iommu.conformance.subsystem.Bench;
import dev.hitless.iommu.conformance.subsystem.Subsystem;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Handles: the same domain with a fresh one, the same one again, and none where one is not needed. */
final class HandleScenario implements Scenario {
    private final Bench.Factory benches;
    private final Subsystem.Factory subsystems;
    private final Pasid pasid;

    HandleScenario(Bench.Factory benches, Subsystem.Factory subsystems, Pasid pasid) {
        this.benches = benches;
        this.subsystems = subsystems;
        this.pasid = pasid;
    }

    @Override
    public String name() {
        return "core/" + (pasid.isNone() ? "rid" : "pasid") + "-handles/" + benches.name();
    }

    @Override
    public Set<Rule> exercises() {
        Set<Rule> rules = EnumSet.of(Rule.CORE_07);
        rules.addAll(benches.driverRules());
        return rules;
    }

    @Override
    public ScenarioResult run() {
        Setting setting = SwitchScenario.group(new Setting(benches, subsystems));
        IommuDomain one = Change.REPLACE.from(setting.bench(), pasid);
        IommuDomain other = Change.REPLACE.to(setting.bench(), pasid);
        Subsystem.Handle first = setting.attached(one, pasid);
        Subsystem.Handle second = setting.handle("second");
        sameDomain(setting, one, first, second);
        for (IommuDomain domain : new IommuDomain[] {other, one}) {
            sameHandle(setting, domain, one, second);
        }
        if (setting.isClean() && !pasid.isNone()) {
            withoutHandle(setting, one, other);
        }
        return setting.end();
    }

    private void sameDomain(Setting setting, IommuDomain one, Subsystem.Handle first, Subsystem.Handle second) {
        Performed same = setting.perform("replace by the same domain", () -> setting.replace(one, pasid, second));
        setting.check(Rule.CORE_07, same.thrown().isEmpty(), same.what() + " succeeds", same.outcome());
        setting.check(Rule.CORE_07, same.calls().isEmpty(), same.what() + " calls no driver", same.calls());
        setting.check(
                Rule.CORE_07,
                setting.find(pasid).equals(Optional.of(second)) && one.equals(second.domain()),
                same.what() + ": the new handle is found, with its domain",
                setting.find(pasid) + " instead of " + second + ", " + first + " before");
        for (var device : setting.devices(pasid)) {
            setting.checkMeets(Rule.CORE_07, "after " + same.what(), device, pasid, one);
        }
    }

    private void sameHandle(Setting setting, IommuDomain domain, IommuDomain attached, Subsystem.Handle live) {
        Map<Pasid, String> record = setting.record();
        Performed again = setting.perform(
                "replace by " + (domain.equals(attached) ? "the same" : "another") + " domain with the handle in use",
                () -> setting.replace(domain, pasid, live));
        setting.check(
                Rule.CORE_07,
                again.errno().filter(errno -> errno == Errno.EINVAL).isPresent(),
                again.what() + " is refused with EINVAL",
                again.outcome());
        setting.check(Rule.CORE_07, again.calls().isEmpty(), again.what() + " calls no driver", again.calls());
        setting.check(
                Rule.CORE_07,
                attached.equals(live.domain()),
                again.what() + ": the handle keeps its domain " + attached.name(),
                live.domain());
        setting.check(
                Rule.CORE_07,
                record.equals(setting.record()) && setting.find(pasid).equals(Optional.of(live)),
                again.what() + " changes no record",
                setting.record());
    }

    /** What was attached without handle has none to be found, and can be replaced. */
    private void withoutHandle(Setting setting, IommuDomain one, IommuDomain other) {
        Pasid spare = Setting.OTHER;
        setting.subsystem().attach(one, setting.devices().get(0), spare, null);
        setting.check(
                Rule.CORE_07, setting.find(spare).isEmpty(), "no handle where none was given", setting.find(spare));
        Subsystem.Handle third = setting.handle("third");
        Performed replaced = setting.perform("replace of what was attached without handle", () -> setting.subsystem()
                .replace(other, setting.devices().get(0), spare, third));
        setting.check(
                Rule.CORE_07,
                replaced.thrown().isEmpty() && setting.find(spare).equals(Optional.of(third)),
                replaced.what() + " succeeds, and its handle is found",
                replaced.outcome());
    }
}
