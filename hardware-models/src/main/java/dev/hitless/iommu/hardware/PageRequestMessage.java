package dev.hitless.iommu.hardware;

/**
 * A page request as a device sends it (PCIe, Page Request Interface).
 *
 * @param requesterId who asks
 * @param pasid for which PASID, -1 without
 * @param group page-request group index, 0..511
 * @param last the last request of its group; only this one is answered
 * @param address page address, 4 KiB aligned
 * @param read read access is wanted
 * @param write write access is wanted
 */
public record PageRequestMessage(
        int requesterId, int pasid, int group, boolean last, long address, boolean read, boolean write) {}
