package dev.hitless.iommu.hardware.smmuv3;

import dev.hitless.iommu.hardware.CacheKind;
import dev.hitless.iommu.hardware.Invalidation;

/**
 * CMD_ATC_INV (IHI 0070 4.5.1). Without a PASID prefix (SSV=0) it reaches the device's entries of every PASID; with one
 * and Global=1, those of every PASID but none without.
 *
 * @param describe for people
 * @param streamId the device
 * @param pasid PASID, or {@link #NO_PREFIX}, or {@link #EVERY_PASID}
 * @param addresses input addresses
 */
record DeviceInvalidation(String describe, int streamId, int pasid, AddressRange addresses) implements Invalidation {
    static final int NO_PREFIX = -1;
    static final int EVERY_PASID = -2;

    @Override
    public boolean covers(CacheKind cache, long tag, long firstAddress, long lengthBytes) {
        return cache.equals(Smmuv3Caches.ATC)
                && ConfigurationTag.streamId(tag) == streamId
                && matchesPasid(tag)
                && addresses.overlaps(firstAddress, lengthBytes);
    }

    private boolean matchesPasid(long tag) {
        if (pasid == NO_PREFIX) {
            return true;
        }
        return ConfigurationTag.hasPasid(tag) && (pasid == EVERY_PASID || ConfigurationTag.substreamId(tag) == pasid);
    }

    @Override
    public int targetRequester() {
        return streamId;
    }
}
