package dev.hitless.iommu.conformance.coretests;

import dev.hitless.iommu.api.IommuDevice;
import dev.hitless.iommu.api.IommuDomain;
import dev.hitless.iommu.api.ReplaceGuarantee;
import dev.hitless.iommu.conformance.judge.Finding;
import dev.hitless.iommu.conformance.judge.Judge;
import dev.hitless.iommu.conformance.judge.Judgement;
import dev.hitless.iommu.conformance.judge.Operation;
import dev.hitless.iommu.conformance.rules.Rule;
import dev.hitless.iommu.conformance.scenario.Scenario;
import dev.hitless.iommu.conformance.scenario.ScenarioResult;
import dev.hitless.iommu.conformance.subsystem.DriverBenches;
import dev.hitless.iommu.conformance.subsystem.MachineBench;
import dev.hitless.iommu.conformance.subsystem.Subsystem;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A replace of a group, recorded as one operation of the subsystem. Where the driver promises every device a hitless
 * change, DMA of the group is never blocked; a subsystem that removes first cannot have that, whatever the driver does.
 */
final class WholeReplaceScenario implements Scenario {
    private final DriverBenches benches;
    private final Subsystem.Factory subsystems;
    private final Judge judge;

    WholeReplaceScenario(DriverBenches benches, Subsystem.Factory subsystems, Judge judge) {
        this.benches = benches;
        this.subsystems = subsystems;
        this.judge = judge;
    }

    @Override
    public String name() {
        return "core/pasid-replace-as-one/" + benches.name();
    }

    @Override
    public Set<Rule> exercises() {
        return EnumSet.of(Rule.CORE_01, Rule.DRV_02);
    }

    @Override
    public ScenarioResult run() {
        MachineBench bench = benches.set();
        Setting setting = new Setting(bench, subsystems);
        setting.add("device-a", Setting.WIDE);
        setting.add("device-b", 0);
        setting.add("device-c", Setting.WIDE);
        IommuDomain to = bench.onPasid(1);
        setting.attached(bench.onPasid(0), Setting.PASID);
        List<IommuDevice> devices = setting.devices(Setting.PASID);
        boolean hitless = devices.stream()
                .allMatch(device -> bench.promise(device, Setting.PASID, to) == ReplaceGuarantee.HITLESS);
        if (!hitless) {
            return ScenarioResult.notApplicable("the driver promises no hitless change between these domains");
        }
        Subsystem.Handle fresh = setting.handle("new");
        Operation operation = bench.record(
                () -> setting.replace(to, Setting.PASID, fresh), devices, Setting.PASID, to, ReplaceGuarantee.HITLESS);
        Judgement judgement = judge.judge(operation);
        List<Finding> findings = judgement.findings().stream()
                .filter(finding -> finding.rule() == Rule.DRV_02 || finding.rule() == Rule.DRV_03)
                .map(WholeReplaceScenario::ofSubsystem)
                .toList();
        return ScenarioResult.of(findings, judgement.observations(), 1, Optional.of(operation));
    }

    /** The driver keeps its promise call by call, so that a gap is the subsystem's. */
    private static Finding ofSubsystem(Finding finding) {
        return finding.rule() == Rule.DRV_03
                ? new Finding(
                        Rule.CORE_01,
                        finding.event(),
                        finding.request(),
                        finding.stream(),
                        finding.expected(),
                        finding.observed())
                : finding;
    }
}
