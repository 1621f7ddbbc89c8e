package dev.hitless.iommu.conformance.scenario;

import dev.hitless.iommu.api.DriverCapabilities;
import dev.hitless.iommu.conformance.observe.Assumptions;
import dev.hitless.iommu.conformance.overlap.Overlap;
import dev.hitless.iommu.conformance.overlap.Overlaps;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Which overlaps are run on which hardware.
 *
 * <p>On the usual hardware all of them, up to the bound that was asked for. On other hardware what a change does is judged
 * without company in time for every kind of domain; what overlapping can add there is that another operation comes between
 * the steps that only such hardware needs (a clean cache line, a flushed buffer, an entry in two stores). One preemption is
 * enough to come between, so that is the bound there:
 *
 * <ul>
 *   <li>on each variant that is unlike the usual hardware in nearly everything at once, of {@value #TURNS_TOGETHER} overlaps
 *       one; there are at least two such variants, so that each overlap meets one;
 *   <li>on each variant that is unlike it in one way, of {@value #TURNS_ALONE} overlaps one, and of those without PASID one
 *       of {@value #TURNS_TOGETHER}: how a device's entry is changed is what depends on the hardware most. A finding there
 *       names the option at fault;
 *   <li>on variants that are unlike it in two ways, none: they are there for the pairs of values that the others lack.
 * </ul>
 *
 * <p>Which overlaps have their turn changes from variant to variant; nothing is drawn by chance.
 */
final class OverlapsOnVariants {
    private static final int TURNS_ALONE = 6;
    private static final int TURNS_TOGETHER = 2;
    private static final int MOST_PREEMPTIONS = 1;

    private final Target target;
    private final Assumptions assumptions;
    private final int preemptions;

    OverlapsOnVariants(Target target, Assumptions assumptions, int preemptions) {
        this.target = target;
        this.assumptions = assumptions;
        this.preemptions = preemptions;
    }

    /**
     * The scenarios, in a stable order.
     *
     * @param covering the usual hardware, then others
     * @param claims what the driver claims there; empty if it does not come up
     */
    List<Scenario> over(List<Variant> covering, Function<Variant, Optional<DriverCapabilities>> claims) {
        List<Scenario> scenarios = new ArrayList<>();
        for (int index = 0; index < covering.size(); index++) {
            Variant variant = covering.get(index);
            List<Overlap> overlaps = claims.apply(variant).map(Overlaps::of).orElse(List.of());
            int bound = index == 0 ? preemptions : Math.min(preemptions, MOST_PREEMPTIONS);
            for (int i = 0; i < overlaps.size(); i++) {
                if (hasItsTurn(i + index, overlaps.get(i), variant)) {
                    scenarios.add(new OverlapScenario(target, assumptions, variant, overlaps.get(i), bound));
                }
            }
        }
        return scenarios;
    }

    private static boolean hasItsTurn(int turn, Overlap overlap, Variant variant) {
        return switch (variant.differences()) {
            case 0 -> true;
            case 1 -> turn % (overlap.isWithoutPasid() ? TURNS_TOGETHER : TURNS_ALONE) == 0;
            case 2 -> false;
            default -> turn % TURNS_TOGETHER == 0;
        };
    }
}
