package dev.hitless.iommu.conformance.coretests;

import dev.hitless.iommu.api.Errno;
import dev.hitless.iommu.api.IommuException;
import dev.hitless.iommu.conformance.subsystem.DriverCall;
import dev.hitless.iommu.conformance.subsystem.Subsystem;
import java.util.List;
import java.util.Optional;

/**
 * One operation of a subsystem and what came of it.
 *
 * @param what the operation, for people
 * @param calls what the driver was asked meanwhile
 * @param visible for each call, the handle that the fault path found from inside it
 * @param thrown what the operation threw, if it did
 * @param warnings of the subsystem meanwhile
 */
record Performed(
        String what,
        List<DriverCall> calls,
        List<Optional<Subsystem.Handle>> visible,
        Optional<RuntimeException> thrown,
        List<String> warnings) {
    Performed {
        calls = List.copyOf(calls);
        visible = List.copyOf(visible);
        warnings = List.copyOf(warnings);
    }

    /** The error that it was refused with; empty if it succeeded, or threw what is no refusal. */
    Optional<Errno> errno() {
        return thrown.filter(IommuException.class::isInstance).map(refusal -> ((IommuException) refusal).errno());
    }

    /** What came of it, for people. */
    String outcome() {
        return thrown.map(String::valueOf).orElse("success");
    }
}
