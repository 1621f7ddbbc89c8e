package dev.hitless.iommu.hardware.vtd;

import dev.hitless.iommu.hardware.DmaRequest;
import org.jspecify.annotations.Nullable;

/**
 * Scalable-mode context entry, 256 bits (VT-d spec 9.4). Words 2 and 3 are reserved.
 *
 * <pre>
 *     63          12 11:9  8:5   4     3     2   1  0
 * q0 | PASIDDIRPTR  | PDTS | 0 | PRE |PASIDE| DTE|FPD|P|
 *     63:21     20       19:0
 * q1 |  0  | RID_PRIV | RID_PASID |
 * </pre>
 *
 * The directory has 2^(PDTS+7) entries for 64 PASIDs each.
 */
final class ContextEntry {
    static final int BYTES = 32;
    static final long PRESENT = 1;
    static final long PAGE_REQUESTS = 1L << 4;

    private static final long TRANSLATION_REQUESTS = 1L << 2;
    private static final long REQUESTS_WITH_PASID = 1L << 3;
    private static final long SUPERVISOR = 1L << 20;
    private static final long RESERVED_0 = 0xFFF0_0000_0000_01E0L;
    private static final long RESERVED_1 = -1L << 21;
    private static final int SMALLEST_DIRECTORY_BITS = 13;

    private ContextEntry() {}

    /** Whether bits are set that are reserved on this hardware. */
    static boolean hasReservedBits(long q0, long q1, VtdCapabilities capabilities) {
        long reserved0 = RESERVED_0
                | (capabilities.deviceTlb() ? 0 : TRANSLATION_REQUESTS)
                | (capabilities.pasidBits() > 0 ? 0 : REQUESTS_WITH_PASID)
                | (capabilities.pageRequests() ? 0 : PAGE_REQUESTS);
        long reserved1 = RESERVED_1 | (capabilities.supervisorRequests() ? 0 : SUPERVISOR);
        return ((q0 & reserved0) | (q1 & reserved1)) != 0;
    }

    /** Why a legal entry does not let a request through, or null. */
    static @Nullable VtdFault refusal(DmaRequest request, long q0, long q1, VtdCapabilities capabilities) {
        if (request.translationRequest() && (q0 & TRANSLATION_REQUESTS) == 0) {
            return VtdFault.TRANSLATION_REQUEST_BLOCKED;
        }
        int bits = directoryBits(q0);
        if (!request.hasPasid()) {
            return ridPasid(q1) >>> bits != 0 ? VtdFault.RID_PASID_TOO_LARGE : null;
        }
        if ((q0 & REQUESTS_WITH_PASID) == 0) {
            return VtdFault.PASID_BLOCKED;
        }
        return request.pasid() >>> Math.min(bits, capabilities.pasidBits()) != 0 ? VtdFault.PASID_TOO_LARGE : null;
    }

    /** PASIDs of this many bits fit the directory. */
    static int directoryBits(long q0) {
        return (int) (q0 >>> 9 & 7) + SMALLEST_DIRECTORY_BITS;
    }

    /** The PASID that requests without one use. */
    static int ridPasid(long q1) {
        return (int) (q1 & 0xF_FFFF);
    }

    /** Whether requests without PASID are supervisor requests. */
    static boolean ridPrivileged(long q1) {
        return (q1 & SUPERVISOR) != 0;
    }
}
