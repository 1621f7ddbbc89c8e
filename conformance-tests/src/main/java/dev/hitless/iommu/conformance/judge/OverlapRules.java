package dev.hitless.iommu.conformance.judge;

import dev.hitless.iommu.conformance.observe.Observer;
import dev.hitless.iommu.conformance.observe.Stream;
import dev.hitless.iommu.conformance.rules.Rule;
import java.util.function.BiPredicate;

/** Says which rule an anomaly of overlapping operations breaks, and reports it. */
final class OverlapRules {
    private final Overlapping overlapping;
    private final Windows windows;
    private final Blame blame;
    private final boolean sequential;
    private final FindingList findings;

    OverlapRules(Overlapping overlapping, Windows windows, Blame blame, boolean sequential, FindingList findings) {
        this.overlapping = overlapping;
        this.windows = windows;
        this.blame = blame;
        this.sequential = sequential;
        this.findings = findings;
    }

    /**
     * Reports an anomaly.
     *
     * @param inherent the rule that it breaks in itself
     * @param persists whether it shows at an instant under an observer's assumptions too
     */
    void report(
            int instant,
            Rule inherent,
            Stream stream,
            long iova,
            BiPredicate<Observer, Integer> persists,
            String expected,
            String observed) {
        if (findings.isFull(named(inherent, instant, iova))) {
            return;
        }
        Rule rule = blame.of(other -> persistsInPhase(other, instant, persists), inherent);
        Rule named = named(rule, instant, iova);
        findings.add(Finding.at(
                instant,
                named,
                stream.request(iova, false, false),
                stream.toString(),
                expected,
                observed + (named == rule ? "" : " (as in " + rule + ")")));
    }

    private Rule named(Rule rule, int instant, long iova) {
        if (sequential || rule == Rule.DRV_13) {
            return rule;
        }
        for (int i = 0; i < windows.count(); i++) {
            if (overlapping.operations().get(i).changesPageAt(iova) && windows.end(i) <= instant) {
                return Rule.DRV_21;
            }
        }
        return Rule.DRV_22;
    }

    /** Then, or at any other instant at which the same operations were over and begun. */
    private boolean persistsInPhase(Observer other, int instant, BiPredicate<Observer, Integer> persists) {
        int over = windows.over(instant);
        int begun = windows.begun(instant);
        for (int candidate : Instants.with(other.instants(), windows.ends())) {
            if (windows.over(candidate) == over
                    && windows.begun(candidate) == begun
                    && persists.test(other, candidate)) {
                return true;
            }
        }
        return false;
    }
}
