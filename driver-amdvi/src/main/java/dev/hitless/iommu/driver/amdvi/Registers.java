package dev.hitless.iommu.driver.amdvi;

/** Register offsets and bits (48882, 3.4). */
final class Registers {
    /** The dwords of the PCI capability (48882, 3.2) are seen through the register bank from here on. */
    static final long CAPABILITY_HEADER = 0x10000;

    static final long CAPABILITY_MISC = 0x10010;

    static final long DEVICE_TABLE_BASE = 0x0000;
    static final long COMMAND_BUFFER_BASE = 0x0008;
    static final long EVENT_LOG_BASE = 0x0010;
    static final long CONTROL = 0x0018;
    static final long EXCLUSION_BASE = 0x0020;
    static final long EXCLUSION_LIMIT = 0x0028;
    static final long EXTENDED_FEATURES = 0x0030;
    static final long PAGE_REQUEST_LOG_BASE = 0x0038;
    static final long EXTENDED_FEATURES_2 = 0x01A0;
    static final long COMMAND_HEAD = 0x2000;
    static final long COMMAND_TAIL = 0x2008;
    static final long EVENT_HEAD = 0x2010;
    static final long EVENT_TAIL = 0x2018;
    static final long STATUS = 0x2020;
    static final long PAGE_REQUEST_HEAD = 0x2030;
    static final long PAGE_REQUEST_TAIL = 0x2038;

    /** Control.DevTblSegEn, 36:34: log2 of the number of segments. */
    static final int DEVICE_TABLE_SEGMENTS_SHIFT = 34;

    /** Ring base registers: log2 of the number of entries is at bit 56. */
    static final int RING_LENGTH_SHIFT = 56;

    // Control.
    static final long IOMMU_ENABLE = 1L;
    static final long EVENT_LOG_ENABLE = 1L << 2;
    static final long EVENT_INTERRUPT_ENABLE = 1L << 3;
    static final long COHERENT = 1L << 10;
    static final long COMMAND_BUFFER_ENABLE = 1L << 12;
    static final long PAGE_REQUEST_LOG_ENABLE = 1L << 13;
    static final long PAGE_REQUEST_INTERRUPT_ENABLE = 1L << 14;
    static final long PAGE_REQUEST_ENABLE = 1L << 15;
    static final long GUEST_TRANSLATION_ENABLE = 1L << 16;
    static final long ENHANCED_PAGE_REQUESTS_ENABLE = 1L << 45;
    static final long GUEST_ROOT_MODE = 1L << 58;

    // Status.
    static final long EVENT_OVERFLOW = 1L;
    static final long EVENT_LOG_INTERRUPT = 1L << 1;
    static final long EVENT_LOG_RUNNING = 1L << 3;
    static final long COMMAND_BUFFER_RUNNING = 1L << 4;
    static final long PAGE_REQUEST_OVERFLOW = 1L << 5;
    static final long PAGE_REQUEST_INTERRUPT = 1L << 6;
    static final long PAGE_REQUEST_LOG_RUNNING = 1L << 7;

    private Registers() {}

    /** Where segment {@code index} of the device table is, 1..7; segment 0 is at {@link #DEVICE_TABLE_BASE}. */
    static long deviceTableSegment(int index) {
        return 0x0100 + (long) (index - 1) * Long.BYTES;
    }
}
