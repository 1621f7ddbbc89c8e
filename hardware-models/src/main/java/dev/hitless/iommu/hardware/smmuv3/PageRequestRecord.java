package dev.hitless.iommu.hardware.smmuv3;

/**
 * A PRI queue record (IHI 0070 8.1), 16 bytes.
 *
 * <pre>
 * dw0  63 SSV | 62 Last | 61 W | 60 R | 59 X | 58 P | 51:32 SSID | 31:0 StreamID
 * dw1  63:12 address | 8:0 PRGIndex
 * </pre>
 *
 * @param substreamId -1: none
 */
record PageRequestRecord(
        int streamId, int substreamId, int group, boolean last, long address, boolean read, boolean write) {
    static final int BYTES = 16;
    static final int LARGEST_GROUP = 0x1FF;

    /** PRI_RESP codes, which also go to the device. */
    static final int RESPONSE_FAILURE = 0;

    static final int RESPONSE_SUCCESS = 2;

    long word0() {
        return Integer.toUnsignedLong(streamId)
                | (substreamId < 0 ? 0 : (long) substreamId << 32 | 1L << 63)
                | (last ? 1L << 62 : 0)
                | (write ? 1L << 61 : 0)
                | (read ? 1L << 60 : 0);
    }

    long word1() {
        return (address & -1L << 12) | (group & LARGEST_GROUP);
    }
}
