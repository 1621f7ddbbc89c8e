package dev.hitless.iommu.architecture.broken.hardware;

public interface HardwareModelProvider {}
