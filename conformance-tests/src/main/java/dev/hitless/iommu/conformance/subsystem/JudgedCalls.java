package dev.hitless.iommu.conformance.subsystem;

import dev.hitless.iommu.api.ReplaceGuarantee;
import dev.hitless.iommu.conformance.judge.Finding;
import dev.hitless.iommu.conformance.judge.Judge;
import dev.hitless.iommu.conformance.judge.Judgement;
import dev.hitless.iommu.conformance.judge.Operation;
import dev.hitless.iommu.conformance.judge.Watched;
import dev.hitless.iommu.conformance.machine.Content;
import dev.hitless.iommu.conformance.machine.Machine;
import dev.hitless.iommu.conformance.machine.ModelledDomain;
import dev.hitless.iommu.conformance.machine.TestDevice;
import dev.hitless.iommu.conformance.rules.Rule;
import dev.hitless.iommu.conformance.scenario.Bystanders;
import dev.hitless.iommu.conformance.trace.Recording;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Records and judges each change that a driver is asked for by itself, with all other devices and PASIDs as bystanders. */
final class JudgedCalls implements TappedDriver.Carrier {
    /** A command that failed and was sent again looks like two, one of which nobody waited for. */
    private static final Set<Rule> OF_COMMANDS = EnumSet.of(Rule.DRV_13, Rule.DRV_16);

    private final Machine machine;
    private final Judge judge;
    private final BenchDomains domains;
    private final BenchDevices devices;
    private final List<Finding> findings = new ArrayList<>();
    private Optional<Operation> evidence = Optional.empty();
    private boolean judging = true;
    private int traces;
    private long observations;

    JudgedCalls(Machine machine, Judge judge, BenchDomains domains, BenchDevices devices) {
        this.machine = machine;
        this.judge = judge;
        this.domains = domains;
        this.devices = devices;
    }

    /** From now on calls are carried out and nothing else. */
    void stop() {
        judging = false;
    }

    /** Records {@code operation} as one, whatever calls it makes. */
    Recording recordAsOne(String name, Runnable operation) {
        boolean judged = judging;
        judging = false;
        Recording recording = machine.platform().record(name, operation);
        judging = judged;
        traces++;
        return recording;
    }

    @Override
    public void carryOut(DriverCall call, Runnable action) {
        if (!devices.contains(call.device()) || !domains.contains(call.target())) {
            action.run();
            return;
        }
        TestDevice device = devices.test(call.device());
        ModelledDomain target = domains.modelled(call.target());
        try {
            if (judging && machine.attached(device, call.pasid()) != target) {
                judge(call, device, target, action);
            } else {
                action.run();
            }
        } finally {
            devices.note(call.device(), call.pasid());
        }
    }

    /** What DMA may see of a call that fails is a rule of its own, DRV-08. */
    private void judge(DriverCall call, TestDevice device, ModelledDomain target, Runnable action) {
        List<Watched> streams = Bystanders.around(machine, device, call.pasid(), target);
        ReplaceGuarantee promise = machine.promise(device, call.pasid(), target);
        int faults = injected();
        Recording recording = machine.platform().record(call.toString(), action);
        traces++;
        if (recording.failure().isPresent()) {
            throw recording.failure().get();
        }
        Operation operation = new Operation(recording.trace(), streams, Content.probes(machine.domains()), promise);
        Judgement judgement = judge.judge(operation);
        observations += judgement.observations();
        if (findings.isEmpty()) {
            evidence = Optional.of(operation);
        }
        boolean triedAgain = injected() > faults;
        judgement.findings().stream()
                .filter(finding -> !(triedAgain && OF_COMMANDS.contains(finding.rule())))
                .forEach(findings::add);
    }

    private int injected() {
        return machine.platform().faults().injected().size();
    }

    List<Finding> findings() {
        return List.copyOf(findings);
    }

    /** The call to look at: the first one with a finding, else the last. */
    Optional<Operation> evidence() {
        return evidence;
    }

    int traces() {
        return traces;
    }

    long observations() {
        return observations;
    }
}
