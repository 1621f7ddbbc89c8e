package dev.hitless.iommu.exactness;

import dev.hitless.iommu.conformance.observe.Stream;
import dev.hitless.iommu.conformance.trace.Trace;
import java.util.List;

/**
 * What a real driver did on a real model, perhaps spoilt.
 *
 * @param name what it is, for people
 * @param trace the trace
 * @param streams who could notice
 * @param probes addresses to ask for
 */
@SuppressWarnings("ArrayRecordComponent")
record RecordedTrace(String name, Trace trace, List<Stream> streams, long[] probes) {}
