package dev.hitless.iommu.architecture.broken.driver.vtd;

import dev.hitless.iommu.architecture.broken.api.IommuDriverProvider;
import dev.hitless.iommu.architecture.broken.api.platform.Port;
import dev.hitless.iommu.architecture.broken.driver.support.Support;

public final class LawfulDriver implements IommuDriverProvider {
    Support support;
    Part[] parts;
    long[] words;
    Port port;

    static final class Part {}
}
