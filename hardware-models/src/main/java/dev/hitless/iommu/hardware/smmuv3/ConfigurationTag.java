package dev.hitless.iommu.hardware.smmuv3;

import dev.hitless.iommu.hardware.DmaRequest;

/**
 * Tags of cached configuration and of device translations.
 *
 * <pre>
 *  63     58 57     52 51         32 31         0
 * +---------+---------+-------------+------------+
 * |    0    |  width  |    SSID     |  StreamID  |
 * +---------+---------+-------------+------------+
 * </pre>
 *
 * For L1STDs and L1CDs the id is the first that the descriptor serves and width is log2 of how many. For device
 * translations bit 52 says that there is a PASID.
 */
final class ConfigurationTag {
    private static final int SSID_SHIFT = 32;
    private static final int WIDTH_SHIFT = 52;
    private static final long SID_MASK = 0xFFFF_FFFFL;
    private static final int SSID_MASK = 0xF_FFFF;
    private static final long HAS_PASID = 1L << WIDTH_SHIFT;

    private ConfigurationTag() {}

    static long streamTableLevel1(int streamId, int split) {
        return (Integer.toUnsignedLong(streamId) >>> split << split) | (long) split << WIDTH_SHIFT;
    }

    static long streamTableEntry(int streamId) {
        return Integer.toUnsignedLong(streamId);
    }

    static long contextTableLevel1(int streamId, int substreamId, int split) {
        return streamTableEntry(streamId)
                | (long) (substreamId >>> split << split) << SSID_SHIFT
                | (long) split << WIDTH_SHIFT;
    }

    static long contextDescriptor(int streamId, int substreamId) {
        return streamTableEntry(streamId) | (long) substreamId << SSID_SHIFT;
    }

    static long deviceTranslation(DmaRequest request) {
        long tag = streamTableEntry(request.requesterId());
        return request.hasPasid() ? tag | HAS_PASID | (long) request.pasid() << SSID_SHIFT : tag;
    }

    static int streamId(long tag) {
        return (int) (tag & SID_MASK);
    }

    static int substreamId(long tag) {
        return (int) (tag >>> SSID_SHIFT) & SSID_MASK;
    }

    static boolean hasPasid(long deviceTag) {
        return (deviceTag & HAS_PASID) != 0;
    }

    /** Log2 of the ids that an L1STD or L1CD serves. */
    static int width(long tag) {
        return (int) (tag >>> WIDTH_SHIFT);
    }
}
