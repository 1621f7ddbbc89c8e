package dev.hitless.iommu.architecture.broken.driver.vtd;

import dev.hitless.iommu.architecture.broken.api.IommuDriverProvider;

final class HiddenProvider implements IommuDriverProvider {
    public HiddenProvider() {}
}
