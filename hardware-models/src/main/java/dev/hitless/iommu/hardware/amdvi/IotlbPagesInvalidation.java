package dev.hitless.iommu.hardware.amdvi;

import dev.hitless.iommu.hardware.CacheKind;
import dev.hitless.iommu.hardware.Invalidation;

/**
 * INVALIDATE_IOTLB_PAGES: lines inside one device. With GN=0 the device is sent an invalidate request without PASID, which
 * concerns lines of every PASID and those without (PCI Express, Address Translation Services: there is no request for the
 * latter alone). GN=1 names those of one PASID; PASID 0 names also lines without, as Linux does for guest tables that are
 * used without PASID (GIoV).
 *
 * @param guest GN
 * @param pasid 0 without GN
 */
record IotlbPagesInvalidation(int deviceId, boolean guest, int pasid, AddressSpan span) implements Invalidation {
    private static final int WITHOUT_PASID = -1;

    @Override
    public String describe() {
        return "INVALIDATE_IOTLB_PAGES DeviceID=0x" + Integer.toHexString(deviceId)
                + (guest ? " GN=1 PASID=0x" + Integer.toHexString(pasid) + " " : " GN=0 ")
                + span;
    }

    @Override
    public int targetRequester() {
        return deviceId;
    }

    @Override
    public boolean covers(CacheKind cache, long tag, long firstAddress, long lengthBytes) {
        return cache.equals(AmdviCaches.DEVICE_IOTLB)
                && AmdviCaches.deviceIdOf(tag) == deviceId
                && namesPasid(AmdviCaches.pasidOfDeviceTag(tag))
                && span.overlaps(firstAddress, lengthBytes);
    }

    private boolean namesPasid(int cached) {
        return !guest || cached == pasid || (pasid == 0 && cached == WITHOUT_PASID);
    }
}
