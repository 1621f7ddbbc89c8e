package dev.hitless.iommu.conformance.explain;

import dev.hitless.iommu.conformance.judge.Cost;
import dev.hitless.iommu.conformance.judge.Judge;
import dev.hitless.iommu.conformance.judge.Judgement;
import dev.hitless.iommu.conformance.judge.Operation;
import dev.hitless.iommu.conformance.judge.Watched;
import dev.hitless.iommu.conformance.observe.Assumptions;
import dev.hitless.iommu.conformance.observe.Observer;
import dev.hitless.iommu.conformance.trace.Trace;
import dev.hitless.iommu.conformance.trace.TraceEvent;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** Explains recorded operations. */
public final class Explainer {
    private final Assumptions assumptions;

    /** @param assumptions the memory rules to derive by */
    public Explainer(Assumptions assumptions) {
        this.assumptions = assumptions;
    }

    /**
     * Explains {@code operation}.
     *
     * @param driver id of the driver
     * @param scenario name of the scenario; ends with the variant of the hardware
     */
    public Explanation explain(String driver, String scenario, Operation operation) {
        Trace trace = operation.trace();
        Judgement judgement = new Judge(assumptions).judge(operation);
        Observer observer = new Observer(
                trace, operation.streams().stream().map(Watched::stream).toList(), operation.probes(), assumptions);
        List<ProbedRequest> requests = ProbedRequest.of(operation);
        Optional<ProbedRequest> telling =
                requests.stream().max((one, other) -> Integer.compare(one.tells(observer), other.tells(observer)));
        List<Step> steps = new ArrayList<>();
        for (Fold fold : Fold.of(trace)) {
            steps.add(step(fold, observer, requests, telling));
        }
        Cost cost = judgement.cost();
        return new Explanation(
                driver,
                scenario,
                scenario.substring(scenario.lastIndexOf('/') + 1),
                trace.events().get(0) instanceof TraceEvent.Begin begin ? begin.operation() : "",
                trace.succeeded() ? "success" : ((TraceEvent.End) trace.events().get(trace.end())).failure(),
                operation.promise().name().toLowerCase(Locale.ROOT).replace('_', '-'),
                judgement.seen().label(),
                new Explanation.Cost(cost.plan().label(), cost.stores(), cost.commands(), cost.waits()),
                telling.map(ProbedRequest::described),
                trace.events().stream().map(TraceEvent::describe).toList(),
                QuietStores.merged(steps, trace));
    }

    private static Step step(
            Fold fold, Observer observer, List<ProbedRequest> requests, Optional<ProbedRequest> telling) {
        Set<Sight> sights = EnumSet.noneOf(Sight.class);
        for (ProbedRequest request : requests) {
            sights.addAll(request.sights(observer, fold.last()));
        }
        List<String> outcomes =
                telling.map(request -> request.outcomes(observer, fold.last())).orElse(List.of());
        return new Step(fold.first(), fold.last(), actor(fold.event()), fold.text(), sights, outcomes);
    }

    private static Step.Actor actor(TraceEvent event) {
        return event instanceof TraceEvent.Submitted || event instanceof TraceEvent.HardwareStore
                ? Step.Actor.IOMMU
                : Step.Actor.CPU;
    }
}
