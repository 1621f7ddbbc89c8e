package dev.hitless.iommu.api;

/**
 * A page request by a device (PRI).
 *
 * @param requesterId who asks
 * @param pasid for which PASID, {@link Pasid#NONE} without
 * @param group page-request group index, 0..511
 * @param last the last request of its group; only this one is answered
 * @param address page address, 4 KiB aligned
 * @param read read access is wanted
 * @param write write access is wanted
 */
public record PageRequest(
        int requesterId, Pasid pasid, int group, boolean last, long address, boolean read, boolean write) {}
