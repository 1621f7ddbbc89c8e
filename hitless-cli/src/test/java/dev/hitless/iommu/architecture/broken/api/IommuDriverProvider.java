package dev.hitless.iommu.architecture.broken.api;

public interface IommuDriverProvider {}
