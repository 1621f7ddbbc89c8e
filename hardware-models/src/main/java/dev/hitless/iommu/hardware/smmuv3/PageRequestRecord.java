package dev.hitless.iommu.hardware.smmuv3;

import dev.hitless.iommu.hardware.PageRequestMessage;

/**
 * A PRI queue record (IHI 0070 8.1), 16 bytes.
 *
 * <pre>
 * dw0  63 SSV | 62 Last | 61 W | 60 R | 59 X | 58 P | 51:32 SSID | 31:0 StreamID
 * dw1  63:12 address | 8:0 PRGIndex
 * </pre>
 *
 * @param message whose PASID is the SubstreamID
 */
record PageRequestRecord(PageRequestMessage message) {
    static final int BYTES = 16;
    static final int LARGEST_GROUP = 0x1FF;

    /** PRI_RESP codes; the third is 0, failure. */
    static final int RESPONSE_INVALID = 1;

    static final int RESPONSE_SUCCESS = 2;

    long word0() {
        return Integer.toUnsignedLong(message.requesterId())
                | (message.pasid() < 0 ? 0 : (long) message.pasid() << 32 | 1L << 63)
                | (message.last() ? 1L << 62 : 0)
                | (message.write() ? 1L << 61 : 0)
                | (message.read() ? 1L << 60 : 0);
    }

    long word1() {
        return (message.address() & -1L << 12) | (message.group() & LARGEST_GROUP);
    }
}
