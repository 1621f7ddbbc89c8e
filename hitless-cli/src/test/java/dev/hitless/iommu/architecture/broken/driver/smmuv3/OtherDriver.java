package dev.hitless.iommu.architecture.broken.driver.smmuv3;

public class OtherDriver {}
