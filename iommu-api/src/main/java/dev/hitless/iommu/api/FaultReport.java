package dev.hitless.iommu.api;

/**
 * A translation fault, as the hardware recorded it.
 *
 * @param requesterId who sent the request
 * @param pasid with which PASID, {@link Pasid#NONE} without
 * @param iova faulting address; low bits may be missing
 * @param write a write request
 * @param code the vendor's code
 * @param reason the code in words
 */
public record FaultReport(int requesterId, Pasid pasid, long iova, boolean write, int code, String reason) {}
