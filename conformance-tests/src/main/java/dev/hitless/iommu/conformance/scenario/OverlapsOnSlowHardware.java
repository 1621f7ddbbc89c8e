package dev.hitless.iommu.conformance.scenario;

import dev.hitless.iommu.api.DriverCapabilities;
import dev.hitless.iommu.conformance.machine.Machine;
import dev.hitless.iommu.conformance.observe.Assumptions;
import dev.hitless.iommu.conformance.overlap.FullQueues;
import java.util.List;

/**
 * Overlaps on hardware that is slow to take commands from its queue, which fills up. One preemption in one of them and none
 * in the others: waiting for room and for completion lets the other operation go on anyhow, and hardware that goes on at so
 * many points makes many schedules.
 */
final class OverlapsOnSlowHardware {
    private final Target target;
    private final Assumptions assumptions;
    private final int preemptions;

    OverlapsOnSlowHardware(Target target, Assumptions assumptions, int preemptions) {
        this.target = target;
        this.assumptions = assumptions;
        this.preemptions = preemptions;
    }

    /** All of them, on {@code slow} hardware on which a driver claims this much. */
    List<Scenario> on(Variant slow, DriverCapabilities claimed) {
        Machine machine = target.machine(slow);
        int entries = machine.platform().model().commandQueueEntries();
        machine.tearDown();
        return FullQueues.of(claimed, entries).stream()
                .<Scenario>map(overlap -> {
                    int bound = overlap.name().endsWith(FullQueues.USUAL) ? 1 : 0;
                    return new OverlapScenario(target, assumptions, slow, overlap, Math.min(preemptions, bound), true);
                })
                .toList();
    }
}
