package dev.hitless.iommu.architecture.broken.hardware.vtd;

class ModelReadsWallClock {
    long now() {
        return System.currentTimeMillis();
    }
}
