package dev.hitless.iommu.conformance.judge;

import dev.hitless.iommu.api.ReplaceGuarantee;
import dev.hitless.iommu.conformance.trace.Trace;
import java.util.List;

/**
 * One recorded operation, ready to be judged.
 *
 * @param trace what happened
 * @param streams everybody who could notice
 * @param probes addresses to ask for
 * @param promise what the driver promised of the subject's DMA
 */
@SuppressWarnings("ArrayRecordComponent")
public record Operation(Trace trace, List<Watched> streams, long[] probes, ReplaceGuarantee promise) {
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
