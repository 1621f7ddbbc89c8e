package dev.hitless.iommu.api.platform;

import dev.hitless.iommu.api.FaultReport;
import dev.hitless.iommu.api.PageRequest;
import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.api.ReplacePlan;

/** Where a driver reports. */
public interface EventSink {
    /** A translation fault. */
    void fault(FaultReport fault);

    /** A page request to be answered. */
    void pageRequest(PageRequest request);

    /** A broken promise of a caller or of the hardware; the kernel's {@code WARN_ON}. */
    void warning(String message);

    /**
     * How a domain change of {@code pasid} on device {@code deviceName} is carried out. A driver says it once for each
     * change, before the first store.
     */
    void planned(String deviceName, Pasid pasid, ReplacePlan plan);
}
