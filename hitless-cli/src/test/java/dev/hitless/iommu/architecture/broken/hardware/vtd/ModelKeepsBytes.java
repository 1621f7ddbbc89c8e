package dev.hitless.iommu.architecture.broken.hardware.vtd;

class ModelKeepsBytes {
    byte[] memory;
}
