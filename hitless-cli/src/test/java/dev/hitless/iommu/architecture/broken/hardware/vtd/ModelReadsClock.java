package dev.hitless.iommu.architecture.broken.hardware.vtd;

class ModelReadsClock {
    long now() {
        return System.nanoTime();
    }
}
