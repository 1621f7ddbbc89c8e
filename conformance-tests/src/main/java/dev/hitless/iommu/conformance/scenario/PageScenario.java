package dev.hitless.iommu.conformance.scenario;

import dev.hitless.iommu.api.ReplaceGuarantee;
import dev.hitless.iommu.conformance.judge.Finding;
import dev.hitless.iommu.conformance.judge.Judge;
import dev.hitless.iommu.conformance.judge.Judgement;
import dev.hitless.iommu.conformance.judge.Operation;
import dev.hitless.iommu.conformance.machine.DomainKind;
import dev.hitless.iommu.conformance.machine.Machine;
import dev.hitless.iommu.conformance.machine.Mapping;
import dev.hitless.iommu.conformance.machine.ModelledDomain;
import dev.hitless.iommu.conformance.machine.PageChanger;
import dev.hitless.iommu.conformance.rules.Rule;
import dev.hitless.iommu.conformance.trace.Recording;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Pages of a domain come and go while several devices and PASIDs work through it. */
final class PageScenario implements Scenario {
    private final Target target;
    private final Judge judge;
    private final Variant variant;
    private final DomainKind kind;
    private final boolean withPasid;

    PageScenario(Target target, Judge judge, Variant variant, DomainKind kind, boolean withPasid) {
        this.target = target;
        this.judge = judge;
        this.variant = variant;
        this.kind = kind;
        this.withPasid = withPasid;
    }

    @Override
    public String name() {
        return (withPasid ? "pasid/" : "rid/") + kind + "/map-unmap/" + variant;
    }

    @Override
    public Set<Rule> exercises() {
        return EnumSet.of(
                Rule.DRV_01,
                Rule.DRV_02,
                Rule.DRV_04,
                Rule.DRV_05,
                Rule.DRV_06,
                Rule.DRV_07,
                Rule.DRV_11,
                Rule.DRV_12,
                Rule.DRV_13,
                Rule.DRV_14,
                Rule.DRV_15,
                Rule.DRV_16,
                Rule.DRV_17,
                Rule.DRV_24);
    }

    @Override
    public ScenarioResult run() {
        PageStage stage = PageStage.set(target.machine(variant), kind, withPasid);
        return stage.impossible().isEmpty() ? new Run(stage).run() : ScenarioResult.notApplicable(stage.impossible());
    }

    /** One machine, several changes. */
    private final class Run {
        private final PageStage stage;
        private final Machine machine;
        private final ModelledDomain domain;
        private final List<Finding> findings = new ArrayList<>();
        private Optional<Operation> evidence = Optional.empty();
        private long observations;
        private int traces;

        Run(PageStage stage) {
            this.stage = stage;
            this.machine = stage.machine();
            this.domain = stage.domain();
        }

        ScenarioResult run() {
            PageChanger pages = domain.pages().orElseThrow();
            pages.spare().ifPresent(spare -> {
                change("map " + spare, spare, true, () -> pages.map(spare));
                change("unmap " + spare, spare, false, () -> pages.unmap(spare));
            });
            for (Mapping mapping : domain.mappings()) {
                change("unmap " + mapping, mapping, false, () -> pages.unmap(mapping));
            }
            Checks checks = new Checks();
            checks.addAll(findings);
            checks.tornDownClean(machine);
            return ScenarioResult.of(checks.findings(), observations, traces, evidence);
        }

        private void change(String what, Mapping mapping, boolean adds, Runnable operation) {
            long[] probes = stage.probes(mapping);
            List<Mapping> before = domain.mappings();
            Recording recording = machine.platform().record(domain + ": " + what, operation);
            if (adds) {
                domain.intend(mapping);
            } else {
                domain.forget(mapping);
            }
            List<Mapping> after = domain.mappings();
            Operation judged =
                    new Operation(recording.trace(), stage.watched(before, after), probes, ReplaceGuarantee.HITLESS);
            Judgement judgement = judge.judge(judged);
            traces++;
            observations += judgement.observations();
            recording
                    .failure()
                    .ifPresent(failure -> findings.add(Finding.of(
                            Rule.DRV_01, recording.trace().end(), what + " succeeds", String.valueOf(failure))));
            if (!judgement.findings().isEmpty() || recording.failure().isPresent()) {
                findings.addAll(judgement.findings());
                evidence = evidence.or(() -> Optional.of(judged));
            }
        }
    }
}
