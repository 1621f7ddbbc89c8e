package dev.hitless.iommu.conformance.coretests;

import dev.hitless.iommu.api.IommuDevice;
import dev.hitless.iommu.api.IommuDomain;
import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.conformance.rules.Rule;
import dev.hitless.iommu.conformance.scenario.Scenario;
import dev.hitless.iommu.conformance.scenario.ScenarioResult;
import dev.hitless.iommu.conformance.subsystem.Bench;
import dev.hitless.iommu.conformance.subsystem.Subsystem;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

/** A detach has no way to fail. Where the caller is wrong it warns, calls no driver and leaves the record as it is. */
final class WrongDetachScenario implements Scenario {
    private final Bench.Factory benches;
    private final Subsystem.Factory subsystems;

    WrongDetachScenario(Bench.Factory benches, Subsystem.Factory subsystems) {
        this.benches = benches;
        this.subsystems = subsystems;
    }

    @Override
    public String name() {
        return "core/wrong-detach/" + benches.name();
    }

    @Override
    public Set<Rule> exercises() {
        return EnumSet.of(Rule.CORE_02);
    }

    @Override
    public ScenarioResult run() {
        Setting setting = SwitchScenario.group(new Setting(benches, subsystems));
        Bench bench = setting.bench();
        Subsystem subsystem = setting.subsystem();
        IommuDevice device = setting.devices().get(0);
        IommuDomain one = bench.onPasid(0);
        IommuDomain withoutPasid = bench.withoutPasid(0);
        setting.attached(one, Setting.PASID);
        setting.attached(withoutPasid, Pasid.NONE);
        IommuDevice stranger = setting.stranger();
        check(setting, "another domain", () -> subsystem.detach(bench.onPasid(1), device, Setting.PASID));
        check(setting, "nothing attached", () -> subsystem.detach(one, device, Setting.UNUSED));
        check(setting, "PASID 0", () -> subsystem.detach(one, device, Pasid.NONE));
        check(setting, "a device in no group", () -> subsystem.detach(one, stranger, Setting.PASID));
        check(
                setting,
                "another domain without PASID",
                () -> subsystem.detachGroup(bench.withoutPasid(1), setting.group()));
        bench.driver().release(stranger);
        return setting.end();
    }

    private static void check(Setting setting, String mistake, Runnable detach) {
        Map<Pasid, String> record = setting.record();
        Performed done = setting.perform("detach, " + mistake, detach);
        setting.check(Rule.CORE_02, done.thrown().isEmpty(), done.what() + ": nothing is thrown", done.outcome());
        setting.check(Rule.CORE_02, done.calls().isEmpty(), done.what() + ": no driver is called", done.calls());
        setting.check(Rule.CORE_02, !done.warnings().isEmpty(), done.what() + ": a warning", "no warning");
        setting.check(
                Rule.CORE_02, record.equals(setting.record()), done.what() + ": the record stays", setting.record());
    }
}
