package dev.hitless.iommu.hardware.amdvi;

import dev.hitless.iommu.hardware.CacheKind;
import dev.hitless.iommu.hardware.Invalidation;

/** INVALIDATE_IOMMU_ALL: every cache of the IOMMU; devices keep theirs. */
record AllInvalidation() implements Invalidation {
    @Override
    public String describe() {
        return "INVALIDATE_IOMMU_ALL";
    }

    @Override
    public boolean covers(CacheKind cache, long tag, long firstAddress, long lengthBytes) {
        return !cache.equals(AmdviCaches.DEVICE_IOTLB);
    }
}
