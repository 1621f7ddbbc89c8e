package dev.hitless.iommu.conformance.judge;

import dev.hitless.iommu.api.ReplaceGuarantee;
import dev.hitless.iommu.conformance.trace.Trace;
import java.util.List;
import java.util.Optional;

/**
 * One recorded operation, ready to be judged.
 *
 * @param trace what happened
 * @param streams everybody who could notice
 * @param probes addresses to ask for
 * @param promise what the driver promised of the subject's DMA
 * @param aftermath how it ended, if a fault made it fail or had made the one before it fail
 */
@SuppressWarnings("ArrayRecordComponent")
public record Operation(
        Trace trace, List<Watched> streams, long[] probes, ReplaceGuarantee promise, Optional<Aftermath> aftermath) {
    /** An operation that no fault got in the way of, or that got over it. */
    public Operation(Trace trace, List<Watched> streams, long[] probes, ReplaceGuarantee promise) {
        this(trace, streams, probes, promise, Optional.empty());
    }

    public Operation {
        streams = List.copyOf(streams);
        probes = probes.clone();
    }

    /** An operation that nobody's DMA is watched for. */
    public static Operation unwatched(Trace trace) {
        return new Operation(trace, List.of(), new long[0], ReplaceGuarantee.UNSUPPORTED);
    }

    @Override
    public long[] probes() {
        return probes.clone();
    }
}
