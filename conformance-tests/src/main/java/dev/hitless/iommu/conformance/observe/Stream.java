package dev.hitless.iommu.conformance.observe;

import dev.hitless.iommu.hardware.DmaRequest;

/**
 * A source of requests: a requester id with a PASID, or without.
 *
 * @param device name of the device
 * @param requesterId its requester id
 * @param pasid PASID, or {@link DmaRequest#NO_PASID}
 */
public record Stream(String device, int requesterId, int pasid) {
    /** A request of this stream. */
    public DmaRequest request(long iova, boolean write, boolean translationRequest) {
        return new DmaRequest(requesterId, pasid, iova, write, translationRequest);
    }

    @Override
    public String toString() {
        return device + (pasid == DmaRequest.NO_PASID ? " without PASID" : " PASID 0x" + Integer.toHexString(pasid));
    }
}
