package dev.hitless.iommu.conformance.coretests;

import dev.hitless.iommu.api.IommuDevice;
import dev.hitless.iommu.api.IommuDomain;
import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.api.ReplaceGuarantee;
import dev.hitless.iommu.conformance.subsystem.Subsystem;
import java.util.List;
import java.util.Optional;

/**
 * Something that a subsystem is asked to do beside something else.
 *
 * @param name for people
 * @param action asks
 * @param devices whose requests it is about
 * @param pasid of which PASID
 * @param promise what the driver promises of their DMA
 * @param published what becomes visible with it; empty: nothing does
 */
record CoreOperation(
        String name,
        Runnable action,
        List<IommuDevice> devices,
        Pasid pasid,
        ReplaceGuarantee promise,
        Optional<Published> published) {
    /**
     * A handle, or none, that is found in a group when every device has {@code domain} behind the PASID.
     *
     * @param handle empty: a detach
     */
    record Published(Subsystem.Group group, IommuDomain domain, Optional<Subsystem.Handle> handle) {}

    CoreOperation {
        devices = List.copyOf(devices);
    }

    /** One that changes nobody's translations by itself. */
    static CoreOperation unseen(String name, Runnable action) {
        return new CoreOperation(name, action, List.of(), Pasid.NONE, ReplaceGuarantee.HITLESS, Optional.empty());
    }
}
