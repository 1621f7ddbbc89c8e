package dev.hitless.iommu.conformance.scenario;

import dev.hitless.iommu.api.DeviceDescription;
import dev.hitless.iommu.api.IommuException;
import dev.hitless.iommu.conformance.judge.Judge;
import dev.hitless.iommu.conformance.machine.Machine;
import dev.hitless.iommu.conformance.rules.Rule;
import dev.hitless.iommu.conformance.trace.Fault;
import dev.hitless.iommu.conformance.trace.Recording;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * A device is probed, with one fallible call after the other failing in each way. If that fails, ATS is off, memory is as
 * before (but for what hardware that has failed may still reach), and the same device can be probed when it is tried again.
 */
final class FaultedProbeScenario implements Scenario {
    private static final String NAME = "device-z";

    private final Target target;
    private final Judge judge;
    private final Variant variant;
    private final List<Integer> requesterIds;

    /** @param requesterIds of the device */
    FaultedProbeScenario(Target target, Judge judge, Variant variant, List<Integer> requesterIds) {
        this.target = target;
        this.judge = judge;
        this.variant = variant;
        this.requesterIds = List.copyOf(requesterIds);
    }

    @Override
    public String name() {
        return "faults/probe/" + (requesterIds.size() > 1 ? "aliases/" : "") + variant;
    }

    @Override
    public Set<Rule> exercises() {
        return EnumSet.of(Rule.DRV_08, Rule.DRV_24);
    }

    @Override
    public ScenarioResult run() {
        FaultedRuns runs = new FaultedRuns(judge);
        Machine undisturbed = target.machine(variant);
        undisturbed.probe(NAME, requesterIds);
        long probedBytes = undisturbed.platform().allocatedBytes();
        runs.each(EnumSet.complementOf(EnumSet.of(Fault.GONE)), (fault, n) -> attempt(runs, fault, n, probedBytes));
        return runs.result();
    }

    private boolean attempt(FaultedRuns runs, Fault fault, int n, long probedBytes) {
        Machine machine = target.machine(variant);
        long before = machine.platform().allocatedBytes();
        DeviceDescription description = machine.description(NAME, requesterIds, false);
        machine.platform().faults().arm(fault, n);
        Recording probe = machine.recordProbe(description);
        machine.platform().faults().disarm();
        if (!runs.reached(machine.platform())) {
            return false;
        }
        runs.locksFree(probe);
        probe.failure().ifPresent(failure -> {
            failed(runs, machine, probe, failure, before);
            runs.succeeds("probing, tried again,", () -> machine.probe(description));
        });
        runs.bytes(machine, probedBytes, "as after probing without a fault");
        runs.tornDown(machine);
        return true;
    }

    private static void failed(
            FaultedRuns runs, Machine machine, Recording probe, RuntimeException failure, long before) {
        int end = probe.trace().end();
        if (!(failure instanceof IommuException known)) {
            runs.add(Rule.DRV_08, end, "an IommuException", failure.toString());
            return;
        }
        if (machine.platform().atsOn().contains(NAME)) {
            runs.add(Rule.DRV_08, end, "ATS is off after probing failed", "ATS is on");
        }
        if (!FailedChange.isOfHardware(known)) {
            runs.bytes(machine, before, "as before probing failed");
        }
    }
}
