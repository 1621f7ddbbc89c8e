package dev.hitless.iommu.conformance.scenario;

import dev.hitless.iommu.api.DeviceDescription;
import dev.hitless.iommu.api.Errno;
import dev.hitless.iommu.api.IommuException;
import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.api.ReplaceGuarantee;
import dev.hitless.iommu.conformance.judge.Finding;
import dev.hitless.iommu.conformance.judge.Judge;
import dev.hitless.iommu.conformance.judge.Judgement;
import dev.hitless.iommu.conformance.judge.Operation;
import dev.hitless.iommu.conformance.judge.Recipients;
import dev.hitless.iommu.conformance.machine.Content;
import dev.hitless.iommu.conformance.machine.Machine;
import dev.hitless.iommu.conformance.machine.Mapping;
import dev.hitless.iommu.conformance.machine.ModelledDomain;
import dev.hitless.iommu.conformance.machine.TestDevice;
import dev.hitless.iommu.conformance.rules.Rule;
import dev.hitless.iommu.conformance.trace.Recording;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A device that cannot be sent to, because it was taken away by surprise or has ATS off, beside one that can: its domain is
 * changed, pages of old and new domain go, it is released. Nothing is sent to it, all that is right for the other.
 */
final class AbsentDeviceScenario implements Scenario {
    private final Target target;
    private final Judge judge;
    private final Variant variant;
    private final Transition transition;
    private final boolean gone;

    /** @param gone taken away; else without ATS */
    AbsentDeviceScenario(Target target, Judge judge, Variant variant, Transition transition, boolean gone) {
        this.target = target;
        this.judge = judge;
        this.variant = variant;
        this.transition = transition;
        this.gone = gone;
    }

    @Override
    public String name() {
        return (gone ? "device-gone/" : "ats-off/") + transition + "/" + variant;
    }

    @Override
    public Set<Rule> exercises() {
        return EnumSet.of(
                Rule.DRV_01, Rule.DRV_02, Rule.DRV_04, Rule.DRV_05, Rule.DRV_06, Rule.DRV_07, Rule.DRV_18, Rule.DRV_24);
    }

    @Override
    public ScenarioResult run() {
        Machine machine = target.machine(variant);
        TestDevice device = machine.probe(gone ? machine.description("device-a", 0x0020, false) : withoutAts(machine));
        TestDevice other = machine.probe("device-b", 0x00A8);
        Pasid pasid = transition.withPasid() ? Pasid.of(0x5) : Pasid.NONE;
        ModelledDomain from = machine.domain(transition.from());
        ModelledDomain to = machine.domain(transition.to());
        if (!attach(machine, device, pasid, from)
                || !attach(machine, other, pasid, from)
                || machine.promise(device, pasid, to) == ReplaceGuarantee.UNSUPPORTED) {
            return ScenarioResult.notApplicable("the driver refuses " + transition);
        }
        Checks checks = new Checks();
        if (gone) {
            machine.platform().remove("device-a");
        }
        Operation operation = change(machine, device, pasid, to);
        Judgement judgement = judge.judge(operation);
        checks.addAll(judgement.findings());
        for (ModelledDomain domain : List.of(from, to)) {
            takePage(machine, domain, checks);
        }
        Recording release = machine.recordRelease(device);
        release.failure()
                .ifPresent(failure -> checks.add(Finding.of(
                        Rule.DRV_18, release.trace().end(), "release of a device that is gone", failure.toString())));
        sent(release, checks);
        checks.tornDownClean(machine);
        return ScenarioResult.of(checks.findings(), judgement.observations(), 4, java.util.Optional.of(operation));
    }

    private static DeviceDescription withoutAts(Machine machine) {
        DeviceDescription usual = machine.description("device-a", 0x0020, false);
        return new DeviceDescription(
                usual.name(), usual.requesterIds(), usual.pasidBits(), false, 0, false, usual.function());
    }

    private static boolean attach(Machine machine, TestDevice device, Pasid pasid, ModelledDomain domain) {
        if (!pasid.isNone() && pasid.value() >= device.device().maxPasids()) {
            return false;
        }
        if (machine.promise(device, pasid, domain) == ReplaceGuarantee.UNSUPPORTED) {
            return false;
        }
        machine.set(device, pasid, domain);
        return true;
    }

    /** It may also be refused, since nobody is there, if nothing changes then. */
    private static Operation change(Machine machine, TestDevice device, Pasid pasid, ModelledDomain to) {
        var streams = Bystanders.around(machine, device, pasid, to);
        ReplaceGuarantee promise = machine.promise(device, pasid, to);
        Recording recording = machine.recordSet(device, pasid, to);
        boolean refused = recording
                .failure()
                .map(failure -> failure instanceof IommuException known && known.errno() == Errno.ENODEV)
                .orElse(false);
        return new Operation(
                recording.trace(),
                streams,
                Content.probes(machine.domains()),
                refused ? ReplaceGuarantee.UNSUPPORTED : promise);
    }

    private static void takePage(Machine machine, ModelledDomain domain, Checks checks) {
        if (domain.pages().isEmpty() || domain.mappings().isEmpty()) {
            return;
        }
        Mapping mapping = domain.mappings().get(0);
        Recording recording = machine.platform().record(domain + ": unmap " + mapping, () -> domain.pages()
                .orElseThrow()
                .unmap(mapping));
        domain.forget(mapping);
        recording
                .failure()
                .ifPresent(failure -> checks.add(
                        Finding.of(Rule.DRV_18, recording.trace().end(), "unmap succeeds", failure.toString())));
        sent(recording, checks);
    }

    private static void sent(Recording recording, Checks checks) {
        checks.saw(recording);
        checks.addAll(new Recipients(recording.trace(), Map.of(0x0020, "device-a", 0x00A8, "device-b")).findings());
    }
}
