package dev.hitless.iommu.conformance.judge;

import dev.hitless.iommu.api.ReplaceGuarantee;
import dev.hitless.iommu.conformance.observe.Observer;
import dev.hitless.iommu.conformance.observe.Outcome;
import dev.hitless.iommu.conformance.observe.Stream;
import dev.hitless.iommu.conformance.rules.Rule;
import dev.hitless.iommu.hardware.DmaRequest;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Judges what requests met while operations overlapped. */
final class OverlapStreams {
    private final Overlapping overlapping;
    private final Windows windows;
    private final Observer observer;
    private final OverlapRules rules;

    OverlapStreams(Overlapping overlapping, Windows windows, Observer observer, OverlapRules rules) {
        this.overlapping = overlapping;
        this.windows = windows;
        this.observer = observer;
        this.rules = rules;
    }

    void judge(int[] instants) {
        for (Stream stream : overlapping.streams()) {
            for (long iova : overlapping.probes()) {
                judge(stream, iova, instants);
            }
        }
    }

    private void judge(Stream stream, long iova, int[] instants) {
        List<Set<Outcome>> byDone = new ArrayList<>();
        Set<Outcome> ever = new LinkedHashSet<>();
        for (int done = 0; done < 1 << windows.count(); done++) {
            byDone.add(overlapping.outcomes().met(done, stream, iova));
            ever.addAll(byDone.get(done));
        }
        boolean constant = ever.size() == 1 && observer.isUndisturbed(stream, iova);
        for (int i = constant ? instants.length - 1 : 0; i < instants.length; i++) {
            Set<Outcome> allowed = new LinkedHashSet<>();
            OverlapJudge.possible(windows, instants[i]).forEach(done -> allowed.addAll(byDone.get(done)));
            for (Outcome outcome : observer.outcomes(instants[i], stream, iova, false)) {
                if (!allowed.contains(outcome) && !isPromisedBreak(stream, instants[i], outcome)) {
                    report(stream, iova, instants[i], outcome, allowed, ever);
                }
            }
        }
    }

    private boolean isPromisedBreak(Stream stream, int instant, Outcome outcome) {
        for (int i = 0; i < windows.count(); i++) {
            Overlapping.Part part = overlapping.operations().get(i);
            if (OverlapJudge.isBreak(outcome)
                    && part.subjects().contains(stream)
                    && part.promise() == ReplaceGuarantee.BREAK_BEFORE_MAKE
                    && windows.isUnderWay(i, instant)) {
                return true;
            }
        }
        return false;
    }

    private void report(
            Stream stream, long iova, int instant, Outcome outcome, Set<Outcome> allowed, Set<Outcome> ever) {
        rules.report(
                instant,
                inherentRule(stream, iova, instant, outcome, ever),
                stream,
                iova,
                (other, then) -> other.outcomes(then, stream, iova, false).contains(outcome),
                "one of " + allowed,
                outcome.toString());
    }

    private Rule inherentRule(Stream stream, long iova, int instant, Outcome outcome, Set<Outcome> ever) {
        if (outcome.kind() == Outcome.Kind.USE_AFTER_FREE) {
            return Rule.DRV_07;
        }
        if (outcome.isTranslated()
                && outcome.output() == iova
                && ever.stream().noneMatch(met -> met.isTranslated() && met.output() == iova)) {
            return Rule.DRV_09;
        }
        if (ever.contains(outcome) && windows.over(instant) != 0) {
            return Rule.DRV_04;
        }
        if (!overlapping.isSubject(stream)) {
            return stream.pasid() == DmaRequest.NO_PASID ? Rule.DRV_23 : Rule.DRV_05;
        }
        return OverlapJudge.isBreak(outcome) ? Rule.DRV_03 : Rule.DRV_02;
    }
}
