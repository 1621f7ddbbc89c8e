package dev.hitless.iommu.architecture.broken.hardware.vtd;

class ModelTakesBytes {
    void load(byte[] memory) {}
}
