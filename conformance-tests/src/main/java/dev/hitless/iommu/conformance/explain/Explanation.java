package dev.hitless.iommu.conformance.explain;

import java.util.List;
import java.util.Optional;

/**
 * One operation of a driver, step by step.
 *
 * @param driver id of the driver
 * @param scenario name of the scenario that it was recorded in
 * @param hardware variant of the hardware, as scenario names call it
 * @param operation what the driver was asked to do
 * @param result {@code success}, or what the driver threw
 * @param promised what the driver promised of DMA meanwhile
 * @param observed what DMA could experience
 * @param cost what it took
 * @param probe the request that tells most; empty when nobody's requests were watched
 * @param events everything that was recorded, in words; the index is the time
 * @param steps the events that matter, in order
 */
public record Explanation(
        String driver,
        String scenario,
        String hardware,
        String operation,
        String result,
        String promised,
        String observed,
        Cost cost,
        Optional<Probe> probe,
        List<String> events,
        List<Step> steps) {
    /**
     * What an operation took.
     *
     * @param plan how the driver said it would do it
     * @param stores stores to memory, those into command queues included
     * @param commands invalidation commands
     * @param waits distinct moments at which completions were seen
     */
    public record Cost(String plan, int stores, int commands, int waits) {}

    /**
     * A request of the subject.
     *
     * @param stream whose request
     * @param write a write; otherwise a read
     * @param iova I/O address
     * @param before what it met before the operation
     * @param after what it met after the operation
     */
    public record Probe(String stream, boolean write, long iova, String before, String after) {
        /** For people, for example {@code read of 0x1000}. */
        public String access() {
            return (write ? "write to 0x" : "read of 0x") + Long.toHexString(iova);
        }
    }

    public Explanation {
        events = List.copyOf(events);
        steps = List.copyOf(steps);
    }
}
