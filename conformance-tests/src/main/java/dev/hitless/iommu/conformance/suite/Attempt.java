package dev.hitless.iommu.conformance.suite;

import dev.hitless.iommu.conformance.scenario.Scenario;
import dev.hitless.iommu.conformance.scenario.ScenarioResult;
import java.util.Optional;

/**
 * A scenario's result, or the exception that kept it from having one.
 *
 * @param result what came of it
 * @param error what the suite or the model threw
 */
record Attempt(Optional<ScenarioResult> result, Optional<RuntimeException> error) {
    static Attempt of(Scenario scenario) {
        try {
            return new Attempt(Optional.of(scenario.run()), Optional.empty());
        } catch (RuntimeException thrown) {
            return new Attempt(Optional.empty(), Optional.of(thrown));
        }
    }
}
