package dev.hitless.iommu.architecture.broken.conformance;

import com.google.gson.Gson;
import dev.hitless.iommu.architecture.broken.core.Subsystem;
import dev.hitless.iommu.architecture.broken.hardware.Spi;

class Suite {
    Subsystem subsystem;
    Spi spi;
    Gson gson;
}
