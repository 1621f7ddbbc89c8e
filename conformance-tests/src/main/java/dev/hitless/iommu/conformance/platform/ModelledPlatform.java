package dev.hitless.iommu.conformance.platform;

import dev.hitless.iommu.api.PciFunction;
import dev.hitless.iommu.api.platform.Platform;
import dev.hitless.iommu.hardware.HardwareModel;
import java.util.List;

/** A platform whose IOMMU is a model: one that keeps a record of all that happens, or one for real threads. */
public interface ModelledPlatform extends Platform {
    /** The hardware. For one thread, as long as nobody else uses the driver. */
    HardwareModel model();

    /** The controls of a new function called {@code name}. */
    PciFunction function(String name);

    /** Tells which requests a function sends: what is sent to them reaches it. */
    void connect(String name, List<Integer> requesterIds);
}
