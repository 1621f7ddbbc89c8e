package dev.hitless.iommu.architecture.broken.hardware.vtd;

import java.nio.ByteBuffer;

class ModelUsesBuffer {
    ByteBuffer memory;
}
