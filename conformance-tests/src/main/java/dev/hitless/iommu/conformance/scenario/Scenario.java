package dev.hitless.iommu.conformance.scenario;

import dev.hitless.iommu.conformance.rules.Rule;
import java.util.Set;

/** One thing to run and to judge. Makes its own machine, so that any order and any thread will do. */
public interface Scenario {
    /** Unique, stable name; {@code --scenario} matches it. */
    String name();

    /** Rules that this scenario can break. */
    Set<Rule> exercises();

    /** Runs and judges it. Exceptions mean that the suite or the model failed, not the driver. */
    ScenarioResult run();
}
