package dev.hitless.iommu.qemu.check;

import dev.hitless.iommu.conformance.observe.Assumptions;
import dev.hitless.iommu.conformance.observe.CachedTranslation;
import dev.hitless.iommu.conformance.observe.Observer;
import dev.hitless.iommu.conformance.observe.Outcome;
import dev.hitless.iommu.conformance.observe.Stream;
import dev.hitless.iommu.conformance.trace.Trace;
import dev.hitless.iommu.hardware.CacheKind;
import dev.hitless.iommu.hardware.Translation;
import dev.hitless.iommu.qemu.unit.Departure;
import dev.hitless.iommu.qemu.unit.DepartureCount;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Holds what was met in QEMU against everything that the observation model derives for the same instant. Under the stronger
 * rules (stores are visible at once, as they are in QEMU): what is allowed there is allowed under the weak ones too.
 */
final class ModelComparison {
    private static final Assumptions IN_ORDER = new Assumptions(Assumptions.StoreOrder.TSO, false, false);

    private final Trace trace;
    private final Observer observer;
    private final Set<Departure> known;
    private final DepartureCount departures;

    /**
     * @param streams everybody who could notice
     * @param iovas every address that was asked for
     * @param known how QEMU may depart from the model
     * @param departures where it is counted how often it did
     */
    ModelComparison(Trace trace, List<Stream> streams, long[] iovas, Set<Departure> known, DepartureCount departures) {
        this.trace = trace;
        this.observer = new Observer(trace, streams, iovas, IN_ORDER);
        this.known = known;
        this.departures = departures;
    }

    /** How QEMU disagrees with the model; empty if it does not, or if it departs in a known way. */
    Optional<String> disagreement(Seen seen) {
        Set<Outcome> outcomes = observer.outcomes(seen.instant(), seen.device().stream(), seen.iova(), seen.write());
        if (outcomes.stream().anyMatch(outcome -> isSame(outcome, seen))) {
            return Optional.empty();
        }
        if (known.contains(Departure.IOTLB_FOUND_BY_REQUESTER) && isLeftInIotlb(seen)) {
            departures.add(Departure.IOTLB_FOUND_BY_REQUESTER);
            return Optional.empty();
        }
        return Optional.of((seen.write() ? "write of 0x" : "read of 0x") + Long.toHexString(seen.iova()) + " by "
                + seen.device() + " after event " + seen.instant() + " ("
                + trace.events().get(seen.instant()).describe() + "): QEMU " + seen.outcome() + ", the model "
                + outcomes.stream().map(Outcome::toString).sorted().collect(Collectors.joining(" or ")));
    }

    /** Combinations that were evaluated. */
    long observations() {
        return observer.observations();
    }

    private static boolean isSame(Outcome outcome, Seen seen) {
        return seen.reached().isPresent()
                ? outcome.isTranslated() && outcome.output() == seen.reached().getAsLong()
                : !outcome.isTranslated();
    }

    /** Whether a translation that this very requester's requests made may still be there, whatever its domain. */
    private boolean isLeftInIotlb(Seen seen) {
        Stream stream = seen.device().stream();
        int right = seen.write() ? Translation.WRITE : Translation.READ;
        for (CachedTranslation cached : observer.cached(seen.instant())) {
            Outcome outcome = cached.outcome();
            if (cached.cache().role() == CacheKind.Role.TRANSLATION
                    && cached.iova() == seen.iova()
                    && cached.filledBy().equals(stream)
                    && ((outcome.permissions() & right) == 0 ? seen.reached().isEmpty() : isSame(outcome, seen))) {
                return true;
            }
        }
        return false;
    }
}
