package dev.hitless.iommu.architecture.broken.conformance;

import com.google.inject.Inject;
import dev.hitless.iommu.architecture.broken.core.Subsystem;

class SuiteUsesGuice {
    @Inject
    Subsystem subsystem;
}
