package dev.hitless.iommu.conformance.subsystem;

import dev.hitless.iommu.conformance.judge.Judge;
import dev.hitless.iommu.conformance.rules.Rule;
import dev.hitless.iommu.conformance.scenario.Target;
import dev.hitless.iommu.conformance.scenario.Variant;
import java.util.Set;

/** The benches that there are. */
public final class Benches {
    private Benches() {}

    /** Over a driver without hardware. */
    public static Bench.Factory scripted() {
        return new Bench.Factory() {
            @Override
            public boolean isPossible() {
                return true;
            }

            @Override
            public Bench set() {
                return new ScriptedBench();
            }

            @Override
            public String name() {
                return "scripted";
            }

            @Override
            public Set<Rule> driverRules() {
                return Set.of();
            }
        };
    }

    /** Over a real driver. What kinds of domains fit is tried out when a bench is first asked for. */
    public static DriverBenches over(Target target, Variant variant, Judge judge) {
        return new DriverBenches(target, variant, judge);
    }
}
