package dev.hitless.iommu.architecture.broken.core;

import com.google.inject.Inject;
import dev.hitless.iommu.architecture.broken.api.Contract;

public class Subsystem {
    @Inject
    Contract contract;
}
