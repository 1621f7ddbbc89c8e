package dev.hitless.iommu.architecture.broken.core.names;

class UtilityRoom {}
