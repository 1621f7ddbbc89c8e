package dev.hitless.iommu.architecture.broken.api.platform;

public interface Port {}
