package dev.hitless.iommu.conformance.explain;

import dev.hitless.iommu.conformance.judge.Operation;
import dev.hitless.iommu.conformance.judge.Watched;
import dev.hitless.iommu.conformance.observe.ImageReader;
import dev.hitless.iommu.conformance.observe.Observer;
import dev.hitless.iommu.conformance.observe.Outcome;
import dev.hitless.iommu.conformance.observe.Stream;
import dev.hitless.iommu.hardware.DmaRequest;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * A request of the subject that is asked again and again while the operation goes on.
 *
 * @param stream whose
 * @param iova I/O address
 * @param write a write; otherwise a read
 * @param before what the tables said before the operation
 * @param after what they said after it
 */
record ProbedRequest(Stream stream, long iova, boolean write, Outcome before, Outcome after) {
    /** Reads and writes of every subject at every probed address, in that order. */
    static List<ProbedRequest> of(Operation operation) {
        ImageReader before = new ImageReader(operation.trace().before());
        ImageReader after = new ImageReader(operation.trace().after());
        List<ProbedRequest> requests = new ArrayList<>();
        for (Watched watched : operation.streams()) {
            if (!watched.subject()) {
                continue;
            }
            for (boolean write : new boolean[] {false, true}) {
                for (long iova : operation.probes()) {
                    DmaRequest request = watched.stream().request(iova, write, false);
                    requests.add(new ProbedRequest(
                            watched.stream(),
                            iova,
                            write,
                            before.outcome(operation.trace().walker(), request),
                            after.outcome(operation.trace().walker(), request)));
                }
            }
        }
        return requests;
    }

    /** What it can meet at {@code instant}; nothing where what it meets was and is the same. */
    Set<Sight> sights(Observer observer, int instant) {
        Set<Sight> sights = EnumSet.noneOf(Sight.class);
        for (Outcome outcome : observer.outcomes(instant, stream, iova, write)) {
            if (!(outcome.equals(before) && outcome.equals(after))) {
                sights.add(sight(outcome));
            }
        }
        return sights;
    }

    private Sight sight(Outcome outcome) {
        if (outcome.equals(before)) {
            return Sight.OLD;
        }
        if (outcome.equals(after)) {
            return Sight.NEW;
        }
        return outcome.kind() == Outcome.Kind.BLOCKED ? Sight.BLOCKED : Sight.TORN;
    }

    /** What it can meet at {@code instant}, in words, old and new first. */
    List<String> outcomes(Observer observer, int instant) {
        return observer.outcomes(instant, stream, iova, write).stream()
                .map(outcome ->
                        outcome.equals(before) && outcome.equals(after) ? "unchanged" : words(sight(outcome), outcome))
                .sorted()
                .sorted((one, other) -> Integer.compare(rank(one), rank(other)))
                .toList();
    }

    private static String words(Sight sight, Outcome outcome) {
        return sight == Sight.TORN ? sight.label() + ": " + outcome : sight.label();
    }

    private static int rank(String words) {
        for (Sight sight : Sight.values()) {
            if (words.startsWith(sight.label())) {
                return sight.ordinal();
            }
        }
        return Sight.values().length;
    }

    /** How much can be learned from asking it: torn tells more than blocked, blocked more than two translations. */
    int tells(Observer observer) {
        Set<Sight> seen = EnumSet.noneOf(Sight.class);
        for (int instant : observer.instants()) {
            seen.addAll(sights(observer, instant));
        }
        return (seen.contains(Sight.TORN) ? 8 : 0)
                + (seen.contains(Sight.BLOCKED) ? 4 : 0)
                + (before.isTranslated() && after.isTranslated() && !before.equals(after) ? 2 : 0)
                + (before.equals(after) ? 0 : 1);
    }

    Explanation.Probe described() {
        return new Explanation.Probe(stream.toString(), write, iova, before.toString(), after.toString());
    }
}
