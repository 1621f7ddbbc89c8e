package dev.hitless.iommu.conformance.scenario;

import dev.hitless.iommu.api.DriverOptions;
import dev.hitless.iommu.api.IommuDriver;
import dev.hitless.iommu.api.IommuException;
import dev.hitless.iommu.conformance.judge.Judge;
import dev.hitless.iommu.conformance.rules.Rule;
import dev.hitless.iommu.conformance.trace.Fault;
import dev.hitless.iommu.conformance.trace.Recording;
import dev.hitless.iommu.conformance.trace.RecordingPlatform;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The driver comes up, with one fallible call after the other failing in each way. If it fails, nothing is left allocated,
 * and it comes up when it is tried again; either way it can be shut down, and nothing is left then.
 */
final class FaultedStartScenario implements Scenario {
    private final Target target;
    private final Judge judge;
    private final Variant variant;

    FaultedStartScenario(Target target, Judge judge, Variant variant) {
        this.target = target;
        this.judge = judge;
        this.variant = variant;
    }

    @Override
    public String name() {
        return "faults/bring-up/" + variant;
    }

    @Override
    public Set<Rule> exercises() {
        return EnumSet.of(Rule.DRV_08, Rule.DRV_24);
    }

    @Override
    public ScenarioResult run() {
        FaultedRuns runs = new FaultedRuns(judge);
        runs.each(EnumSet.complementOf(EnumSet.of(Fault.GONE, Fault.SILENT)), (fault, n) -> attempt(runs, fault, n));
        return runs.result();
    }

    private boolean attempt(FaultedRuns runs, Fault fault, int n) {
        RecordingPlatform platform =
                new RecordingPlatform(target.hardware(), variant.configuration(), variant.store128());
        AtomicReference<IommuDriver> driver = new AtomicReference<>();
        platform.faults().arm(fault, n);
        Recording start = platform.record("bring up", () -> driver.set(create(platform)));
        platform.faults().disarm();
        if (!runs.reached(platform)) {
            return false;
        }
        runs.locksFree(start);
        start.failure().ifPresent(failure -> {
            if (!(failure instanceof IommuException)) {
                runs.add(Rule.DRV_08, start.trace().end(), "an IommuException", failure.toString());
            }
            runs.bytes(platform, 0, "after the driver failed to come up");
            runs.succeeds("coming up, tried again,", () -> driver.set(create(platform)));
        });
        IommuDriver up = driver.get();
        if (up != null && runs.succeeds("shutting down", up::shutDown)) {
            runs.bytes(platform, 0, "after shutting down");
        }
        return true;
    }

    private IommuDriver create(RecordingPlatform platform) {
        return target.driver().create(platform, DriverOptions.DEFAULTS);
    }
}
