package dev.hitless.iommu.hardware.vtd;

import dev.hitless.iommu.hardware.DmaRequest;

/**
 * Primary fault logging: FRCD registers and the bits PFO, PPF and FRI of FSTS (VT-d spec 7.3, 11.4.14).
 *
 * <pre>
 *           63:12  11:0
 * FRCD low | FI  |  0  |
 *           63   62  61:60 59:40 39:32  31   30   29  28:16 15:0
 * FRCD high| F | T1 |  AT |  PV |  FR | PP | EXE |PRIV|  0 | SID |   T1: 1 read; F is cleared by writing 1
 * </pre>
 *
 * Recorded in register order, round and round; when the next register still has F set, PFO is set and the fault is lost.
 */
final class FaultRecorder {
    private static final long FAULT = 1L << 63;

    private final EventInterrupt interrupt;
    private final long[] low = new long[VtdCapabilities.FAULT_RECORDS];
    private final long[] high = new long[VtdCapabilities.FAULT_RECORDS];
    private int next;
    private int firstPending;
    private boolean overflow;

    FaultRecorder(EventInterrupt interrupt) {
        this.interrupt = interrupt;
    }

    void record(DmaRequest request, int code) {
        if (overflow) {
            return;
        }
        if ((high[next] & FAULT) != 0) {
            overflow = true;
            interrupt.raise();
            return;
        }
        if (!pending()) {
            firstPending = next;
        }
        low[next] = request.iova() & -4096L;
        long record = FAULT | (long) code << 32 | (request.requesterId() & 0xFFFF);
        if (request.hasPasid()) {
            record |= 1L << 31 | (long) request.pasid() << 40;
        }
        if (!request.write()) {
            record |= 1L << 62;
        }
        if (request.translationRequest()) {
            record |= 1L << 60;
        }
        high[next] = record;
        next = (next + 1) % high.length;
        interrupt.raise();
    }

    /** FSTS.PPF: any F. */
    boolean pending() {
        for (long record : high) {
            if ((record & FAULT) != 0) {
                return true;
            }
        }
        return false;
    }

    /** FSTS.FRI. */
    int firstPending() {
        return firstPending;
    }

    /** FSTS.PFO. */
    boolean overflowed() {
        return overflow;
    }

    void clearOverflow() {
        overflow = false;
    }

    long low(int index) {
        return low[index];
    }

    long high(int index) {
        return high[index];
    }

    /** A write to the high half of record {@code index}: F is cleared by 1. */
    void writeHigh(int index, long value) {
        high[index] &= ~(value & FAULT);
    }
}
