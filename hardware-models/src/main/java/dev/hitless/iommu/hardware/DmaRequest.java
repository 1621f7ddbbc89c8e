package dev.hitless.iommu.hardware;

/**
 * A request by a device.
 *
 * @param requesterId who sends it
 * @param pasid with which PASID (0..0xFFFFF), or {@link #NO_PASID}
 * @param iova byte address
 * @param write a write; otherwise a read
 * @param translationRequest an ATS translation request: the answer goes to the device's own cache
 */
public record DmaRequest(int requesterId, int pasid, long iova, boolean write, boolean translationRequest) {
    /** The request carries no PASID. */
    public static final int NO_PASID = -1;

    /** Whether it carries a PASID. */
    public boolean hasPasid() {
        return pasid != NO_PASID;
    }

    @Override
    public String toString() {
        return (translationRequest ? "translation request " : write ? "write " : "read ") + "0x"
                + Long.toHexString(iova)
                + " by 0x" + Integer.toHexString(requesterId)
                + (hasPasid() ? " PASID 0x" + Integer.toHexString(pasid) : "");
    }
}
