package dev.hitless.iommu.exactness;

import dev.hitless.iommu.conformance.observe.Outcome;
import dev.hitless.iommu.hardware.FaultClass;

/**
 * What a request met, in the simulator's own words.
 *
 * @param kind as {@link Outcome.Kind}
 */
record Met(Outcome.Kind kind, long output, int permissions, long attributes) {
    static Met of(Outcome outcome) {
        return new Met(outcome.kind(), outcome.output(), outcome.permissions(), outcome.attributes());
    }

    static Met bad(Outcome.Kind kind) {
        return new Met(kind, 0, 0, 0);
    }

    static Met fault(FaultClass fault) {
        return bad(Outcome.Kind.valueOf(fault.name()));
    }
}
