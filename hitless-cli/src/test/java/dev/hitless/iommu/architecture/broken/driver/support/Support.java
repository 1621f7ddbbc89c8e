package dev.hitless.iommu.architecture.broken.driver.support;

import dev.hitless.iommu.architecture.broken.api.Contract;

public class Support {
    Contract contract;
}
