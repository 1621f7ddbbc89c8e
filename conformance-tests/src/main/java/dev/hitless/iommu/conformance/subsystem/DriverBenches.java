package dev.hitless.iommu.conformance.subsystem;

import dev.hitless.iommu.conformance.judge.Judge;
import dev.hitless.iommu.conformance.rules.Rule;
import dev.hitless.iommu.conformance.scenario.Target;
import dev.hitless.iommu.conformance.scenario.Variant;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Benches over a real driver. What kinds of domains fit is tried out when it is first asked. */
public final class DriverBenches implements Bench.Factory {
    private static final Set<Rule> JUDGED = EnumSet.of(
            Rule.DRV_01,
            Rule.DRV_02,
            Rule.DRV_03,
            Rule.DRV_04,
            Rule.DRV_05,
            Rule.DRV_06,
            Rule.DRV_07,
            Rule.DRV_09,
            Rule.DRV_11,
            Rule.DRV_13,
            Rule.DRV_14,
            Rule.DRV_15,
            Rule.DRV_16,
            Rule.DRV_23,
            Rule.DRV_24,
            Rule.DRV_26);

    private final Target target;
    private final Variant variant;
    private final Judge judge;
    private @Nullable Optional<DomainChoice> choice;

    DriverBenches(Target target, Variant variant, Judge judge) {
        this.target = target;
        this.variant = variant;
        this.judge = judge;
    }

    private synchronized Optional<DomainChoice> choice() {
        if (choice == null) {
            choice = DomainChoice.find(target, variant);
        }
        return choice;
    }

    @Override
    public boolean isPossible() {
        return choice().isPresent();
    }

    @Override
    public MachineBench set() {
        return new MachineBench(target, variant, judge, choice().orElseThrow());
    }

    @Override
    public String name() {
        return variant.toString();
    }

    @Override
    public Set<Rule> driverRules() {
        return JUDGED;
    }
}
