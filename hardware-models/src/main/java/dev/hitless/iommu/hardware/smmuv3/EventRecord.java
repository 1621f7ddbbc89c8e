package dev.hitless.iommu.hardware.smmuv3;

import dev.hitless.iommu.hardware.DmaRequest;

/**
 * An event (IHI 0070 7.3), 32 bytes.
 *
 * <pre>
 * dw0  63:32 StreamID | 31:12 SSID | 11 SSV | 7:0 number
 * dw1  44 TTRnW | 41:40 Class (0 CD, 1 TT, 2 input) | 39 S2 | 35 RnW | 34 InD | 33 PnU | 31 Stall | 15:0 STAG
 * dw2  63:0 input address
 * dw3  51:12 IPA, or 51:3 fetch address
 * </pre>
 *
 * @param request what faulted
 * @param code number
 * @param recorded the entries want it recorded
 * @param stalls the transaction stalls, where the fault is one that can
 * @param stage2 the fault is stage 2's
 * @param purpose what stage 2 translated
 * @param intermediateAddress IPA, where the fault is stage 2's
 * @param fetchAddress the structure that could not be read, where that is the fault
 */
record EventRecord(
        DmaRequest request,
        int code,
        boolean recorded,
        boolean stalls,
        boolean stage2,
        FaultWitness.Purpose purpose,
        long intermediateAddress,
        long fetchAddress) {
    static final int BYTES = 32;

    private static final int SSV = 1 << 11;
    private static final long STALL = 1L << 31;
    private static final long READ_NOT_WRITE = 1L << 35;
    private static final long STAGE2 = 1L << 39;
    private static final long TABLE_WALK_READS = 1L << 44;

    /** Whether the transaction waits for CMD_RESUME. */
    boolean isStall() {
        return stalls && EventCode.isTranslationFault(code) && !request.translationRequest();
    }

    long word0() {
        long word = Integer.toUnsignedLong(request.requesterId()) << 32 | code;
        return request.hasPasid() ? word | (long) request.pasid() << 12 | SSV : word;
    }

    /** {@code stallTag} matters for stalls only. */
    long word1(int stallTag) {
        if (!hasAddress()) {
            return 0;
        }
        FaultWitness.Purpose shown = stage2 ? purpose : FaultWitness.Purpose.INPUT;
        return (request.write() ? 0 : READ_NOT_WRITE)
                | (stage2 ? STAGE2 : 0)
                | (long) shown.encoding() << 40
                | (shown == FaultWitness.Purpose.TABLE_WALK ? TABLE_WALK_READS : 0)
                | (isStall() ? STALL | (stallTag & 0xFFFF) : 0);
    }

    long word2() {
        return hasAddress() || code == EventCode.F_BAD_ATS_TREQ ? request.iova() : 0;
    }

    long word3() {
        return switch (code) {
            case EventCode.F_STE_FETCH, EventCode.F_CD_FETCH, EventCode.F_WALK_EABT -> fetchAddress & Bits.mask(51, 3);
            default -> stage2 ? intermediateAddress & Bits.mask(51, 12) : 0;
        };
    }

    private boolean hasAddress() {
        return EventCode.isTranslationFault(code) || code == EventCode.F_WALK_EABT;
    }
}
