package dev.hitless.iommu.hardware.amdvi;

import dev.hitless.iommu.hardware.CacheKind;
import dev.hitless.iommu.hardware.Invalidation;

/** INVALIDATE_INTERRUPT_TABLE: nothing that translates DMA. */
record InterruptTableInvalidation(int deviceId) implements Invalidation {
    @Override
    public String describe() {
        return "INVALIDATE_INTERRUPT_TABLE DeviceID=0x" + Integer.toHexString(deviceId);
    }

    @Override
    public boolean covers(CacheKind cache, long tag, long firstAddress, long lengthBytes) {
        return false;
    }
}
