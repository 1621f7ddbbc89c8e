package dev.hitless.iommu.conformance.suite;

import dev.hitless.iommu.api.IommuException;
import dev.hitless.iommu.conformance.judge.Finding;
import dev.hitless.iommu.conformance.rules.Rule;
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
        } catch (IommuException refused) {
            // Set-up asks only for what the driver claims and promises, so it may not refuse.
            Rule rule = scenario.exercises().contains(Rule.DRV_26) ? Rule.DRV_26 : Rule.DRV_20;
            Finding finding = Finding.of(
                    rule, -1, "setting up succeeds, as the driver claims and promises", String.valueOf(refused));
            return new Attempt(Optional.of(ScenarioResult.broken(finding)), Optional.empty());
        } catch (RuntimeException thrown) {
            return new Attempt(Optional.empty(), Optional.of(thrown));
        }
    }
}
