package dev.hitless.iommu.conformance.judge;

import dev.hitless.iommu.conformance.rules.Rule;
import dev.hitless.iommu.hardware.DmaRequest;
import java.util.Optional;

/**
 * A broken rule, with the evidence.
 *
 * @param rule which
 * @param event index of the trace event after which it showed; -1 when no single event is at fault
 * @param request the request that showed it
 * @param stream whose request, for people
 * @param expected what was allowed
 * @param observed what was found
 */
public record Finding(
        Rule rule, int event, Optional<DmaRequest> request, String stream, String expected, String observed) {
    static Finding at(int event, Rule rule, DmaRequest request, String stream, String expected, String observed) {
        return new Finding(rule, event, Optional.of(request), stream, expected, observed);
    }

    /** A finding that no request shows. */
    public static Finding of(Rule rule, int event, String expected, String observed) {
        return new Finding(rule, event, Optional.empty(), "", expected, observed);
    }
}
