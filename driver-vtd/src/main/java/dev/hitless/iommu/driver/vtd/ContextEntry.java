package dev.hitless.iommu.driver.vtd;

/**
 * A scalable-mode context entry (VT-d spec 9.4): where the PASID directory of a device is, and what the device may do.
 * Requests without PASID use PASID {@code RID_PASID}, which this driver leaves at 0.
 *
 * <pre>
 *  63                           12 11    9 8      5   4      3     2     1   0
 * +-------------------------------+-------+--------+-----+-------+-----+-----+---+
 * | PASIDDIRPTR: directory >> 12  | PDTS  |  rsvd  | PRE | PASIDE| DTE | FPD | P |  word 0
 * +-------------------------------+-------+--------+-----+-------+-----+-----+---+
 *  63                                        21  20          19               0
 * +--------------------------------------------+----------+---------------------+
 * |                 reserved                   | RID_PRIV |      RID_PASID      |  word 1
 * +--------------------------------------------+----------+---------------------+
 * |                               reserved                                      |  words 2, 3
 * +-----------------------------------------------------------------------------+
 * </pre>
 */
final class ContextEntry {
    /** Length of an entry. */
    static final long BYTES = 32;

    static final long PRESENT = 1;
    static final long DEVICE_TLB_ENABLE = 1 << 2;
    static final long PASID_ENABLE = 1 << 3;
    static final long PAGE_REQUEST_ENABLE = 1 << 4;
    private static final int DIRECTORY_SIZE_SHIFT = 9;

    private ContextEntry() {}

    /** Word 0 of a present entry; all other words are zero. */
    static long word0(PasidDirectory directory, boolean ats, boolean pasid, boolean pri) {
        return directory.address()
                | (long) directory.sizeCode() << DIRECTORY_SIZE_SHIFT
                | (pri ? PAGE_REQUEST_ENABLE : 0)
                | (pasid ? PASID_ENABLE : 0)
                | (ats ? DEVICE_TLB_ENABLE : 0)
                | PRESENT;
    }

    /** Offset in its context table of the entry of {@code sourceId} (bus:device.function). */
    static long offset(int sourceId) {
        return (sourceId & 0x7F) * BYTES;
    }
}
