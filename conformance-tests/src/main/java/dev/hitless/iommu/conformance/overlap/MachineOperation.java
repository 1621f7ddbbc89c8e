package dev.hitless.iommu.conformance.overlap;

import dev.hitless.iommu.api.ReplaceGuarantee;
import dev.hitless.iommu.conformance.machine.Mapping;
import dev.hitless.iommu.conformance.observe.Stream;
import java.util.List;
import java.util.Optional;

/** Something that a driver is asked to do, possibly beside other things. */
public interface MachineOperation {
    /** What it is, for people. */
    String name();

    /** Asks the driver; may run beside other operations, on any thread. */
    void run();

    /** {@link #run} has returned, and nobody runs: from now on the machine is meant to be different. */
    void note();

    /** Whose translations it is about. */
    default List<Stream> subjects() {
        return List.of();
    }

    /** What the driver promised of the subjects' DMA before anything ran. */
    default ReplaceGuarantee promise() {
        return ReplaceGuarantee.HITLESS;
    }

    /** A mapping that it adds or takes away. */
    default Optional<Mapping> page() {
        return Optional.empty();
    }
}
