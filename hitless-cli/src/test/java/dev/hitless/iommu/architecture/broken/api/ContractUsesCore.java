package dev.hitless.iommu.architecture.broken.api;

import dev.hitless.iommu.architecture.broken.core.Subsystem;

class ContractUsesCore {
    Subsystem subsystem;
}
