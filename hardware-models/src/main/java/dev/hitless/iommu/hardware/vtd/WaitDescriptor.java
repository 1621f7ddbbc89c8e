package dev.hitless.iommu.hardware.vtd;

import java.util.Locale;

/**
 * Type 5: completes when all earlier descriptors have (VT-d spec 6.5.2.8).
 *
 * <pre>
 *     63:32    31:12 11:9  8   7   6   5   4  3:0
 * q0 | STDATA |  0  |  0 | 0 | PD| FN| SW| IF| 5 |
 *     63:2     1:0
 * q1 | STADDR | 0 |
 * </pre>
 *
 * @param interrupt IF: sets ICS.IWC
 * @param statusWrite SW: writes STDATA to STADDR
 * @param fence FN: later descriptors are held back until earlier ones are done
 * @param drainPageRequests PD: page requests and responses are drained first
 */
record WaitDescriptor(
        boolean interrupt,
        boolean statusWrite,
        boolean fence,
        boolean drainPageRequests,
        int statusData,
        long statusAddress) {
    private static final long RESERVED_0 = 0xFFFF_F100L;
    private static final long RESERVED_1 = 0b11;

    static WaitDescriptor decode(long q0, long q1, boolean canDrain) throws InvalidDescriptorException {
        InvalidDescriptorException.checkReserved("invalidation wait", q0 & RESERVED_0, q1 & RESERVED_1);
        boolean drain = (q0 & 1L << 7) != 0;
        if (drain && !canDrain) {
            throw new InvalidDescriptorException(
                    QueueError.RESERVED_FIELD, "invalidation wait with PD, which needs ECAP.PDS");
        }
        return new WaitDescriptor(
                (q0 & 1L << 4) != 0, (q0 & 1L << 5) != 0, (q0 & 1L << 6) != 0, drain, (int) (q0 >>> 32), q1);
    }

    String describe() {
        return "invalidation wait"
                + (drainPageRequests ? ", page requests drained" : "")
                + (statusWrite ? String.format(Locale.ROOT, ", 0x%x to 0x%x", statusData, statusAddress) : "")
                + (interrupt ? ", interrupt" : "");
    }
}
