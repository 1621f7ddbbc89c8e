package dev.hitless.iommu.conformance.coretests;

import dev.hitless.iommu.api.IommuDomain;
import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.conformance.judge.Finding;
import dev.hitless.iommu.conformance.judge.Operation;
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

/**
 * One change of a group, while below the driver one call after the other fails: an allocation, a command that is rejected,
 * one that is lost. What the driver makes of it decides what the subsystem must do; roll-backs work on real tables.
 */
final class FaultScenario implements Scenario {
    private final Bench.Factory benches;
    private final Subsystem.Factory subsystems;
    private final Change change;
    private final Pasid pasid;

    FaultScenario(Bench.Factory benches, Subsystem.Factory subsystems, Change change, Pasid pasid) {
        this.benches = benches;
        this.subsystems = subsystems;
        this.change = change;
        this.pasid = pasid;
    }

    @Override
    public String name() {
        return "core/" + change.label(pasid) + "/faults/" + benches.name();
    }

    @Override
    public Set<Rule> exercises() {
        Set<Rule> rules = EnumSet.of(Rule.CORE_01, Rule.CORE_03, Rule.CORE_04, Rule.CORE_05);
        rules.addAll(benches.driverRules());
        return rules;
    }

    @Override
    public ScenarioResult run() {
        List<Finding> findings = new ArrayList<>();
        Optional<Operation> evidence = Optional.empty();
        int injected = 0;
        int traces = 0;
        long observations = 0;
        for (boolean reached = true; reached && findings.isEmpty(); ) {
            Setting setting = new Setting(benches, subsystems);
            reached = run(setting, injected + 1);
            ScenarioResult result = setting.end();
            findings.addAll(result.findings());
            evidence = result.evidence();
            traces += result.traces();
            observations += result.observations();
            injected += reached ? 1 : 0;
        }
        return ScenarioResult.of(findings, observations, traces, evidence).withFaults(injected);
    }

    /** Runs it with call {@code n} failing; says whether there were so many. */
    private boolean run(Setting setting, int n) {
        setting.add("device-a", Setting.WIDE);
        setting.add("device-b", 0);
        setting.add("device-c", Setting.WIDE);
        IommuDomain from = change.from(setting.bench(), pasid);
        IommuDomain to = change.to(setting.bench(), pasid);
        Optional<Subsystem.Handle> old =
                change == Change.ATTACH ? Optional.empty() : Optional.of(setting.attached(from, pasid));
        Subsystem.Handle fresh = setting.handle("new");
        setting.bench().failCall(n);
        Performed done = setting.perform(change.label(pasid), () -> change.perform(setting, pasid, from, to, fresh));
        List<String> failed = setting.bench().failed();
        Performed told = new Performed(
                done.what() + " (" + (failed.isEmpty() ? "nothing failed" : n + ": " + failed.get(0)) + ")",
                done.calls(),
                done.visible(),
                done.thrown(),
                done.warnings());
        new CallSequence(setting, told, pasid, from, to).check();
        Publication.check(setting, told, pasid, old, Optional.of(fresh));
        return !failed.isEmpty();
    }
}
