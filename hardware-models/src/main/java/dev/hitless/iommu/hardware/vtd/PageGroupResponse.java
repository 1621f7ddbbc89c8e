package dev.hitless.iommu.hardware.vtd;

import dev.hitless.iommu.hardware.HardwarePort;
import java.util.Locale;

/**
 * Type 9: answers a group of page requests (VT-d spec 7.7.1).
 *
 * <pre>
 *     63:52 51:32   31:16 15:12 11:9 8:5  4  3:0
 * q0 |  0  | PASID | SID |code |  0 | 0 | PP| 9 |
 *     63:12 11:3   2     1:0
 * q1 |  0  | PRGI | LPIG | 0 |    LPIG: reserved in newer revisions, ignored here
 * </pre>
 *
 * @param pasid -1: none
 * @param code 0 success, 1 invalid request, 15 response failure
 */
record PageGroupResponse(int sid, int pasid, int group, int code) {
    private static final long RESERVED_0 = 0xFFF0_0000_0000_01E0L;
    private static final long RESERVED_1 = 0xFFFF_FFFF_FFFF_F003L;

    static PageGroupResponse decode(long q0, long q1) throws InvalidDescriptorException {
        InvalidDescriptorException.checkReserved("page-group response", q0 & RESERVED_0, q1 & RESERVED_1);
        int pasid = (q0 & 1L << 4) != 0 ? (int) (q0 >>> 32 & 0xF_FFFF) : -1;
        return new PageGroupResponse(
                (int) (q0 >>> 16 & 0xFFFF), pasid, (int) (q1 >>> 3 & 0x1FF), (int) (q0 >>> 12 & 0xF));
    }

    /** What the device is told. Codes: 0, 1, and 15; the others are reserved, and end like a failure. */
    HardwarePort.PageAnswer answer() {
        return switch (code) {
            case 0 -> HardwarePort.PageAnswer.SUCCESS;
            case 1 -> HardwarePort.PageAnswer.INVALID;
            default -> HardwarePort.PageAnswer.FAILURE;
        };
    }

    String describe() {
        return String.format(Locale.ROOT, "page-group response to 0x%x, group %d, code %d", sid, group, code);
    }
}
