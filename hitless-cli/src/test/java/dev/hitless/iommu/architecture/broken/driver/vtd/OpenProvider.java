package dev.hitless.iommu.architecture.broken.driver.vtd;

import dev.hitless.iommu.architecture.broken.api.IommuDriverProvider;

public class OpenProvider implements IommuDriverProvider {}
