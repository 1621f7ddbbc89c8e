package dev.hitless.iommu.architecture.broken.hardware.smmuv3;

public class OtherModel {}
