package dev.hitless.iommu.conformance.scenario;

import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.api.ReplaceGuarantee;
import dev.hitless.iommu.conformance.judge.Finding;
import dev.hitless.iommu.conformance.judge.Judge;
import dev.hitless.iommu.conformance.judge.Judgement;
import dev.hitless.iommu.conformance.judge.Operation;
import dev.hitless.iommu.conformance.judge.Watched;
import dev.hitless.iommu.conformance.machine.Content;
import dev.hitless.iommu.conformance.machine.DomainKind;
import dev.hitless.iommu.conformance.machine.Expected;
import dev.hitless.iommu.conformance.machine.Machine;
import dev.hitless.iommu.conformance.machine.Mapping;
import dev.hitless.iommu.conformance.machine.ModelledDomain;
import dev.hitless.iommu.conformance.machine.PageChanger;
import dev.hitless.iommu.conformance.machine.TestDevice;
import dev.hitless.iommu.conformance.observe.Stream;
import dev.hitless.iommu.conformance.rules.Rule;
import dev.hitless.iommu.conformance.trace.Recording;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
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
        Machine machine = target.machine(variant);
        TestDevice first = machine.probe("device-a", 0x0020);
        TestDevice second = machine.probe("device-b", List.of(0x00A8, 0x00B0));
        ModelledDomain domain = machine.domain(kind);
        ModelledDomain other = machine.domain(kind);
        Pasid pasid = withPasid ? Pasid.of(0x5) : Pasid.NONE;
        if (!attach(machine, first, pasid, domain)
                || !attach(machine, second, pasid, domain)
                || (withPasid && !attach(machine, first, Pasid.of(0x6), domain))
                || (withPasid && !attach(machine, second, Pasid.of(0x4C5), other))) {
            return ScenarioResult.notApplicable("the driver refuses " + kind + " for several users");
        }
        return new Run(machine, domain).run();
    }

    private static boolean attach(Machine machine, TestDevice device, Pasid pasid, ModelledDomain domain) {
        if (machine.promise(device, pasid, domain) == ReplaceGuarantee.UNSUPPORTED) {
            return false;
        }
        machine.set(device, pasid, domain);
        return true;
    }

    /** One machine, several changes. */
    private final class Run {
        private final Machine machine;
        private final ModelledDomain domain;
        private final List<Finding> findings = new ArrayList<>();
        private Optional<Operation> evidence = Optional.empty();
        private long observations;
        private int traces;

        Run(Machine machine, ModelledDomain domain) {
            this.machine = machine;
            this.domain = domain;
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
            long[] probes = Content.probes(List.of(domain, machine.domains().get(1)), mapping.iova());
            List<Mapping> before = domain.mappings();
            Recording recording = machine.platform().record(domain + ": " + what, operation);
            if (adds) {
                domain.intend(mapping);
            } else {
                domain.forget(mapping);
            }
            List<Mapping> after = domain.mappings();
            Operation judged =
                    new Operation(recording.trace(), watched(before, after), probes, ReplaceGuarantee.HITLESS);
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

        private List<Watched> watched(List<Mapping> before, List<Mapping> after) {
            List<Watched> watched = new ArrayList<>();
            for (Map.Entry<Stream, ModelledDomain> entry : machine.streams().entrySet()) {
                ModelledDomain behind = entry.getValue();
                watched.add(
                        behind == domain
                                ? new Watched(
                                        entry.getKey(),
                                        true,
                                        (iova, write) -> Expected.of(before, iova, write),
                                        (iova, write) -> Expected.of(after, iova, write))
                                : new Watched(entry.getKey(), false, behind::expected, behind::expected));
            }
            watched.sort(
                    (one, two) -> one.stream().toString().compareTo(two.stream().toString()));
            return watched;
        }
    }
}
