package dev.hitless.iommu.driver.vtd;

/**
 * One half of a scalable-mode root entry (VT-d spec 9.1). There is an entry for each bus; its lower half serves devices
 * 0..15, its upper half 16..31.
 *
 * <pre>
 *  63                                12 11          1   0
 * +------------------------------------+-------------+----+
 * |  LCTP: lower context table >> 12   |  reserved   | LP |  word 0
 * +------------------------------------+-------------+----+
 * |  UCTP: upper context table >> 12   |  reserved   | UP |  word 1
 * +------------------------------------+-------------+----+
 * </pre>
 */
final class RootEntry {
    private static final long PRESENT = 1;

    private RootEntry() {}

    /** The half that leads to the context table at {@code address}, 4 KiB aligned. */
    static long pointingTo(long address) {
        return address | PRESENT;
    }

    /** Offset in the root table of the half that serves {@code sourceId} (bus:device.function). */
    static long offset(int sourceId) {
        return (sourceId >>> 8 & 0xFF) * 16L + (sourceId >>> 7 & 1) * 8L;
    }
}
