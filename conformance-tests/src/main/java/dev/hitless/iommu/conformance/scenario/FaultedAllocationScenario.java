package dev.hitless.iommu.conformance.scenario;

import dev.hitless.iommu.api.Errno;
import dev.hitless.iommu.api.IommuException;
import dev.hitless.iommu.api.PagingFormat;
import dev.hitless.iommu.conformance.judge.Judge;
import dev.hitless.iommu.conformance.machine.DomainKind;
import dev.hitless.iommu.conformance.machine.Machine;
import dev.hitless.iommu.conformance.rules.Rule;
import dev.hitless.iommu.conformance.trace.Fault;
import dev.hitless.iommu.conformance.trace.FaultPlan;
import java.util.EnumSet;
import java.util.Set;

/**
 * Domains are allocated while memory runs out at one allocation after the other: nothing is left. Nor is an id: more
 * failures than there are ids of 16 bits do not use them up.
 */
final class FaultedAllocationScenario implements Scenario {
    private static final int MORE_THAN_IDS = (1 << 16) + 1;

    private final Target target;
    private final Judge judge;
    private final Variant variant;
    private final DomainKind kind;

    FaultedAllocationScenario(Target target, Judge judge, Variant variant, DomainKind kind) {
        this.target = target;
        this.judge = judge;
        this.variant = variant;
        this.kind = kind;
    }

    @Override
    public String name() {
        return "faults/allocate/" + kind + "/" + variant;
    }

    @Override
    public Set<Rule> exercises() {
        return EnumSet.of(Rule.DRV_08, Rule.DRV_24);
    }

    @Override
    public ScenarioResult run() {
        FaultedRuns runs = new FaultedRuns(judge);
        Machine machine = target.machine(variant);
        PagingFormat format = kind.format().orElseThrow();
        int last = 0;
        for (int n = 1; runs.goesOn() && fails(machine, format, n, runs); n++) {
            last = n;
        }
        if (last > 0 && runs.goesOn()) {
            useUpIds(machine, format, last, runs);
            runs.succeeds(
                    "allocating after " + MORE_THAN_IDS + " failures",
                    () -> machine.driver().allocatePaging(format).free());
        }
        runs.tornDown(machine);
        return runs.result();
    }

    /** The same failure over and over; counted as injected once. */
    private static void useUpIds(Machine machine, PagingFormat format, int n, FaultedRuns runs) {
        FaultPlan faults = machine.platform().faults();
        for (int i = 0; i < MORE_THAN_IDS; i++) {
            faults.arm(Fault.NO_MEMORY, n);
            try {
                machine.driver().allocatePaging(format).free();
            } catch (IommuException refused) {
                if (refused.errno() != Errno.ENOMEM) {
                    runs.add(Rule.DRV_08, -1, "ENOMEM, again and again", refused + ", after " + i + " failures");
                    break;
                }
            }
        }
        faults.disarm();
    }

    /** Allocates with the n-th allocation failing; false if there are not so many. */
    private static boolean fails(Machine machine, PagingFormat format, int n, FaultedRuns runs) {
        long before = machine.platform().allocatedBytes();
        FaultPlan faults = machine.platform().faults();
        faults.arm(Fault.NO_MEMORY, n);
        try {
            machine.driver().allocatePaging(format).free();
        } catch (IommuException refused) {
            if (refused.errno() != Errno.ENOMEM) {
                runs.add(Rule.DRV_08, -1, "ENOMEM, again and again", refused.toString());
            }
        } finally {
            faults.disarm();
        }
        boolean reached = runs.reached(machine.platform());
        runs.bytes(machine, before, "as before the allocation that failed");
        return reached;
    }
}
