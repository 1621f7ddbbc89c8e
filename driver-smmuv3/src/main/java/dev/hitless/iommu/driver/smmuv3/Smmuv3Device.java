package dev.hitless.iommu.driver.smmuv3;

import dev.hitless.iommu.api.DeviceDescription;
import dev.hitless.iommu.driver.support.device.PciFeatures;
import dev.hitless.iommu.driver.support.device.ProbedDevice;
import dev.hitless.iommu.driver.support.unit.DriverLocks;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A probed function and its context descriptors. */
final class Smmuv3Device extends ProbedDevice<SmmuDomain> {
    private final @Nullable ContextTable contexts;

    /** @param contexts its context descriptors; null without stage 1 */
    Smmuv3Device(
            Smmuv3Driver driver,
            DeviceDescription description,
            PciFeatures features,
            @Nullable ContextTable contexts,
            DriverLocks locks) {
        super(driver, description, features, locks);
        this.contexts = contexts;
    }

    List<Integer> streamIds() {
        return description().requesterIds();
    }

    /** Null without stage 1. */
    @Nullable
    ContextTable contexts() {
        return contexts;
    }

    /** Whether its stream table entries allow translation requests. */
    boolean usesAts() {
        return features().ats();
    }

    /** Whether S1DSS decides about requests without PASID, whatever PASIDs do. */
    boolean hasSubstreams() {
        return contexts != null && contexts.substreamBits() > 0;
    }
}
