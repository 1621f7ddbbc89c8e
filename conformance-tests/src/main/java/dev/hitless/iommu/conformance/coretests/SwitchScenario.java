package dev.hitless.iommu.conformance.coretests;

import dev.hitless.iommu.api.Errno;
import dev.hitless.iommu.api.IommuDevice;
import dev.hitless.iommu.api.IommuDomain;
import dev.hitless.iommu.api.IommuException;
import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.conformance.rules.Rule;
import dev.hitless.iommu.conformance.scenario.Scenario;
import dev.hitless.iommu.conformance.scenario.ScenarioResult;
import dev.hitless.iommu.conformance.subsystem.Bench;
import dev.hitless.iommu.conformance.subsystem.DriverCall;
import dev.hitless.iommu.conformance.subsystem.Subsystem;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * One change of a group of four, the second of which has no PASIDs. One device fails, or none; of those that then go back
 * one fails again, or none.
 */
final class SwitchScenario implements Scenario {
    static final int NONE = -1;

    private final Bench.Factory benches;
    private final Subsystem.Factory subsystems;
    private final Change change;
    private final Pasid pasid;
    private final int failing;
    private final int stuck;

    /**
     * @param failing which of the devices called fails; {@link #NONE}
     * @param stuck which of those before it cannot go back; {@link #NONE}
     */
    SwitchScenario(
            Bench.Factory benches, Subsystem.Factory subsystems, Change change, Pasid pasid, int failing, int stuck) {
        this.benches = benches;
        this.subsystems = subsystems;
        this.change = change;
        this.pasid = pasid;
        this.failing = failing;
        this.stuck = stuck;
    }

    @Override
    public String name() {
        return "core/" + change.label(pasid)
                + (failing == NONE ? "" : "/device-" + failing + "-fails")
                + (stuck == NONE ? "" : "/device-" + stuck + "-cannot-go-back") + "/" + benches.name();
    }

    @Override
    public Set<Rule> exercises() {
        Set<Rule> rules = EnumSet.of(Rule.CORE_03);
        rules.addAll(benches.driverRules());
        rules.add(change == Change.DETACH ? Rule.CORE_02 : Rule.CORE_01);
        if (!pasid.isNone()) {
            rules.add(Rule.CORE_06);
        }
        if (failing != NONE && change != Change.DETACH) {
            rules.add(Rule.CORE_04);
        }
        if (stuck != NONE) {
            rules.add(Rule.CORE_05);
        }
        return rules;
    }

    @Override
    public ScenarioResult run() {
        Setting setting = group(new Setting(benches, subsystems));
        IommuDomain from = change.from(setting.bench(), pasid);
        IommuDomain to = change.to(setting.bench(), pasid);
        Optional<Subsystem.Handle> old =
                change == Change.ATTACH ? Optional.empty() : Optional.of(setting.attached(from, pasid));
        Subsystem.Handle fresh = setting.handle("new");
        setting.bench().driver().script(call -> scripted(setting, call, from, to));
        Performed done = setting.perform(change.label(pasid), () -> change.perform(setting, pasid, from, to, fresh));
        if (change == Change.DETACH) {
            checkDetach(setting, done, from, to);
        } else {
            new CallSequence(setting, done, pasid, from, to).check();
        }
        Publication.check(setting, done, pasid, old, change == Change.DETACH ? Optional.empty() : Optional.of(fresh));
        if (change != Change.DETACH && done.thrown().isPresent() && setting.isClean()) {
            checkTriedAgain(setting, from, to);
        }
        return setting.end();
    }

    /** Four devices: two wide ones, one without PASIDs between them, a narrow one at the end. */
    static Setting group(Setting setting) {
        setting.add("device-a", Setting.WIDE);
        setting.add("device-b", 0);
        setting.add("device-c", Setting.WIDE);
        setting.add("device-d", 8);
        return setting;
    }

    private Optional<RuntimeException> scripted(Setting setting, DriverCall call, IommuDomain from, IommuDomain to) {
        List<IommuDevice> devices = setting.devices(pasid);
        int place = devices.indexOf(call.device());
        if (place == failing && call.target().equals(to)) {
            return Optional.of(new IommuException(Errno.ENOSPC, call.device().name() + " fails, as scripted"));
        }
        if (place == stuck && call.target().equals(from) && call.old().equals(to)) {
            return Optional.of(new IommuException(Errno.ENOMEM, call.device().name() + " cannot go back, as scripted"));
        }
        return Optional.empty();
    }

    /** What failed once works when its reason is gone: nothing of the first try is in the way. */
    private void checkTriedAgain(Setting setting, IommuDomain from, IommuDomain to) {
        setting.bench().driver().script(call -> Optional.empty());
        Subsystem.Handle another = setting.handle("another");
        Performed again = setting.perform("the same again", () -> change.perform(setting, pasid, from, to, another));
        setting.check(Rule.CORE_04, again.thrown().isEmpty(), again.what() + " succeeds", again.outcome());
        setting.check(
                Rule.CORE_04,
                setting.find(pasid).equals(Optional.of(another)),
                again.what() + ": the handle is found",
                setting.find(pasid));
        for (IommuDevice device : setting.devices(pasid)) {
            setting.checkMeets(Rule.CORE_04, "after " + again.what(), device, pasid, to);
        }
    }

    /** A detach goes on past a device that fails, and cannot fail itself. */
    private void checkDetach(Setting setting, Performed done, IommuDomain from, IommuDomain to) {
        List<IommuDevice> devices = setting.devices(pasid);
        for (DriverCall call : done.calls()) {
            setting.check(
                    Rule.CORE_06,
                    devices.contains(call.device()),
                    done.what() + ": a device without PASIDs is not called",
                    call);
        }
        List<DriverCall> calls = done.calls().stream()
                .filter(call -> devices.contains(call.device()))
                .toList();
        boolean each = calls.size() == devices.size();
        for (int i = 0; each && i < devices.size(); i++) {
            each = calls.get(i).is(devices.get(i), pasid, from, to);
        }
        setting.check(
                Rule.CORE_02, each, done.what() + ": each device once, " + from.name() + " -> " + to.name(), calls);
        setting.check(Rule.CORE_02, done.thrown().isEmpty(), done.what() + " cannot fail", done.outcome());
        setting.check(
                Rule.CORE_02,
                failing == NONE || !done.warnings().isEmpty(),
                done.what() + ": a warning of the device that failed",
                "no warning");
        for (int i = 0; each && i < devices.size(); i++) {
            setting.checkMeets(Rule.CORE_02, "after " + done.what(), devices.get(i), pasid, i == failing ? from : to);
        }
    }
}
