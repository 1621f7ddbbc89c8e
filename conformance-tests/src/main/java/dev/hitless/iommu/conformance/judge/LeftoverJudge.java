package dev.hitless.iommu.conformance.judge;

import dev.hitless.iommu.conformance.observe.Observer;
import dev.hitless.iommu.conformance.observe.Outcome;
import dev.hitless.iommu.conformance.rules.Rule;
import dev.hitless.iommu.hardware.DmaRequest;
import java.util.Optional;

/**
 * Looks for copies of entries that no request shows yet: what they lead to is, as memory is now, what it should be. A later
 * change brings it to light, when nobody drops the copy any more. So what is left when an operation ends leads the way that
 * memory leads, and the next operation may be judged from caches that hold nothing else.
 *
 * <pre>
 *  STE of an alias   cached:  stage 1, CD 0         memory:  abort
 *  CD 0                       not valid: blocked             -
 * </pre>
 */
final class LeftoverJudge {
    private final Operation operation;
    private final Observer observer;
    private final Tables tables;
    private final Blame blame;
    private final FindingList findings;

    LeftoverJudge(Operation operation, Observer observer, Tables tables, Blame blame, FindingList findings) {
        this.operation = operation;
        this.observer = observer;
        this.tables = tables;
        this.blame = blame;
        this.findings = findings;
    }

    void judge() {
        if (!operation.trace().succeeded() || operation.aftermath().isPresent()) {
            return;
        }
        for (Watched watched : operation.streams()) {
            if (meetsWhatItShould(watched)) {
                lookForStrayPaths(watched);
            }
        }
    }

    /** What shows is found, and named better, by what it shows. */
    private boolean meetsWhatItShould(Watched watched) {
        int end = operation.trace().end();
        for (long iova : operation.probes()) {
            Outcome right = tables.after(watched.stream().request(iova, false, false));
            for (Outcome met : observer.outcomes(end, watched.stream(), iova, false)) {
                if (!met.equals(right)) {
                    return false;
                }
            }
        }
        return true;
    }

    private void lookForStrayPaths(Watched watched) {
        for (long iova : operation.probes()) {
            Optional<String> stray = observer.strayPath(watched.stream(), iova);
            if (stray.isPresent()) {
                DmaRequest request = watched.stream().request(iova, false, false);
                Rule rule = blame.of(
                        other -> other.strayPath(watched.stream(), iova).isPresent(), Rule.DRV_04);
                findings.add(Finding.at(
                        operation.trace().end(),
                        rule,
                        request,
                        watched.stream().toString(),
                        "no copy of an entry that has changed",
                        "a walk by a stale copy: " + stray.get()));
                return;
            }
        }
    }
}
