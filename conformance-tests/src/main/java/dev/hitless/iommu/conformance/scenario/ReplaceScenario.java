package dev.hitless.iommu.conformance.scenario;

import dev.hitless.iommu.api.Errno;
import dev.hitless.iommu.api.IommuException;
import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.api.ReplaceGuarantee;
import dev.hitless.iommu.conformance.judge.Finding;
import dev.hitless.iommu.conformance.judge.Judge;
import dev.hitless.iommu.conformance.judge.Judgement;
import dev.hitless.iommu.conformance.judge.Operation;
import dev.hitless.iommu.conformance.judge.Watched;
import dev.hitless.iommu.conformance.machine.Content;
import dev.hitless.iommu.conformance.machine.Machine;
import dev.hitless.iommu.conformance.rules.Rule;
import dev.hitless.iommu.conformance.trace.Recording;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** One change of domain, on one variant of the hardware, in one company. */
final class ReplaceScenario implements Scenario {
    private static final Set<Errno> REFUSALS = EnumSet.of(Errno.EOPNOTSUPP, Errno.EINVAL, Errno.EBUSY);

    private final Target target;
    private final Judge judge;
    private final Variant variant;
    private final Transition transition;
    private final Company company;

    ReplaceScenario(Target target, Judge judge, Variant variant, Transition transition, Company company) {
        this.target = target;
        this.judge = judge;
        this.variant = variant;
        this.transition = transition;
        this.company = company;
    }

    @Override
    public String name() {
        return transition + "/" + company + "/" + variant;
    }

    @Override
    public Set<Rule> exercises() {
        return EnumSet.of(
                Rule.DRV_01,
                Rule.DRV_02,
                Rule.DRV_03,
                Rule.DRV_04,
                Rule.DRV_05,
                Rule.DRV_06,
                Rule.DRV_07,
                Rule.DRV_09,
                Rule.DRV_10,
                Rule.DRV_11,
                Rule.DRV_12,
                Rule.DRV_13,
                Rule.DRV_14,
                Rule.DRV_15,
                Rule.DRV_16,
                Rule.DRV_17,
                Rule.DRV_23,
                Rule.DRV_24,
                Rule.DRV_25,
                Rule.DRV_26);
    }

    @Override
    public ScenarioResult run() {
        Machine machine = target.machine(variant);
        Stage stage = Stage.set(machine, transition, company);
        if (!stage.impossible().isEmpty()) {
            return ScenarioResult.notApplicable(stage.impossible());
        }
        Pasid pasid = stage.subject();
        List<Watched> streams = Bystanders.around(machine, stage.device(), pasid, stage.to());
        ReplaceGuarantee promise = machine.promise(stage.device(), pasid, stage.to());
        Recording recording = machine.recordSet(stage.device(), pasid, stage.to());
        Operation operation = new Operation(recording.trace(), streams, Content.probes(machine.domains()), promise);
        Judgement judgement = judge.judge(operation);
        Checks checks = new Checks();
        checks.addAll(judgement.findings());
        checkFailure(recording, checks);
        int end = recording.trace().end();
        checks.tracking(machine, end);
        checks.locksFree(recording);
        checks.noWarnings(machine, end);
        checks.tornDownClean(machine);
        return new ScenarioResult(
                checks.findings(),
                Optional.of(new ScenarioResult.Change(transition, promise, judgement.seen(), judgement.cost())),
                judgement.observations(),
                1,
                0,
                0,
                Optional.of(operation),
                "");
    }

    /** A driver may refuse, for a reason that the contract knows. */
    private static void checkFailure(Recording recording, Checks checks) {
        recording.failure().ifPresent(failure -> {
            boolean clean = failure instanceof IommuException refusal && REFUSALS.contains(refusal.errno());
            if (!clean) {
                checks.add(Finding.of(
                        Rule.DRV_20,
                        recording.trace().end(),
                        "success, or a refusal with one of " + REFUSALS,
                        String.valueOf(failure)));
            }
        });
    }
}
