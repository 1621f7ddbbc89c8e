package dev.hitless.iommu.hardware.vtd;

import dev.hitless.iommu.hardware.CacheKind;
import dev.hitless.iommu.hardware.Invalidation;

/** What hardware with CAP.ESRTPS does by itself when the root table pointer is set: all caches but those in devices. */
record RootChangeFlush() implements Invalidation {
    @Override
    public String describe() {
        return "set root table pointer: invalidate context cache, PASID cache and IOTLB, all";
    }

    @Override
    public boolean covers(CacheKind cache, long tag, long firstAddress, long lengthBytes) {
        return !cache.equals(VtdCaches.DEVICE_TLB);
    }
}
