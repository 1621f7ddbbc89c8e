package dev.hitless.iommu.conformance.coretests;

import dev.hitless.iommu.api.IommuDomain;
import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.conformance.subsystem.Subsystem;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;

/**
 * An attach or a replace in the making, right at first. Mistakes make single things about it wrong.
 *
 * @param <M> what can be wrong about it
 */
interface Call<M extends Mistake<M>> {
    /** Makes mistakes, in an order in which all of them can be made. Returns this call. */
    Call<M> with(Collection<M> mistakes);

    /** Performs it. */
    Performed perform();

    /** Everything that a refusal must not change. */
    State state();

    /**
     * @param record of the group
     * @param found by the fault path
     * @param domain of the handle given
     */
    record State(Map<Pasid, String> record, Optional<Subsystem.Handle> found, Optional<IommuDomain> domain) {}
}
