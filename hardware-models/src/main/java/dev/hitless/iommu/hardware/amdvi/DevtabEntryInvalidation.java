package dev.hitless.iommu.hardware.amdvi;

import dev.hitless.iommu.hardware.CacheKind;
import dev.hitless.iommu.hardware.Invalidation;

/** INVALIDATE_DEVTAB_ENTRY: drops the DTE cache's copy for one DeviceID. */
record DevtabEntryInvalidation(int deviceId) implements Invalidation {
    @Override
    public String describe() {
        return "INVALIDATE_DEVTAB_ENTRY DeviceID=0x" + Integer.toHexString(deviceId);
    }

    @Override
    public boolean covers(CacheKind cache, long tag, long firstAddress, long lengthBytes) {
        return cache.equals(AmdviCaches.DTE) && tag == deviceId;
    }
}
