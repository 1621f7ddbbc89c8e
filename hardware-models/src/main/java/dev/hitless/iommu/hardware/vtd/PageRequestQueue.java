package dev.hitless.iommu.hardware.vtd;

import dev.hitless.iommu.hardware.HardwarePort;
import dev.hitless.iommu.hardware.PageRequestMessage;

/**
 * The queue that page requests of devices go to: PQH, PQT, PQA, PRS (VT-d spec 7.4, 11.4.11).
 *
 * <pre>
 *     63:54  53   52  51:32   31:16 15:9  8  7:0
 * q0 |  0  | PM | EXE| PASID | RID |  0 | PP| 1 |
 *     63:12  11:3  2     1   0
 * q1 | ADDR | PRGI| LPIG| W | R |
 * </pre>
 *
 * Words 2 and 3 are 0. When the queue is full, PRO is set and requests are dropped until software clears it; the last of
 * a group is answered with success, so that the device tries again.
 */
final class PageRequestQueue {
    private static final int ENTRY_BYTES = 32;
    private static final long POINTER_FIELD = 0x7_FFE0;

    private final HardwarePort port;
    private final EventInterrupt interrupt;
    private long base;
    private long head;
    private long tail;
    private boolean pending;
    private boolean overflow;

    PageRequestQueue(HardwarePort port, EventInterrupt interrupt) {
        this.port = port;
        this.interrupt = interrupt;
    }

    long base() {
        return base;
    }

    void setBase(long value) {
        if ((value & 0xFF8) != 0) {
            port.malformed("PQA=0x" + Long.toHexString(value) + " has reserved bits set");
            return;
        }
        base = value;
    }

    long head() {
        return head;
    }

    void setHead(long value) {
        if (!legalPointer("PQH", value)) {
            return;
        }
        head = value;
    }

    long tail() {
        return tail;
    }

    void setTail(long value) {
        if (!legalPointer("PQT", value)) {
            return;
        }
        tail = value;
    }

    private boolean legalPointer(String register, long value) {
        if ((value & ~POINTER_FIELD) == 0 && value < queueBytes()) {
            return true;
        }
        port.malformed(register + "=0x" + Long.toHexString(value) + " has reserved bits set or lies outside the queue");
        return false;
    }

    /** PRS: PPR 0, PRO 1. */
    int status() {
        return (pending ? 1 : 0) | (overflow ? 2 : 0);
    }

    /** PRS is written: bits are cleared by 1. */
    void clearStatus(int value) {
        pending &= (value & 1) == 0;
        overflow &= (value & 2) == 0;
        if (!pending && !overflow) {
            interrupt.clear();
        }
    }

    /** Puts a request in; says whether it got in. */
    boolean put(PageRequestMessage request) {
        long next = (tail + ENTRY_BYTES) % queueBytes();
        long entry = (base & -4096L) + tail;
        if (overflow || next == head || !port.isMemory(entry)) {
            overflow = true;
            interrupt.raise();
            if (request.last()) {
                port.pageResponse(
                        request.requesterId(), request.pasid(), request.group(), HardwarePort.PageAnswer.SUCCESS);
            }
            return false;
        }
        long q0 = 1 | (long) (request.requesterId() & 0xFFFF) << 16;
        if (request.pasid() >= 0) {
            q0 |= 1L << 8 | (long) request.pasid() << 32;
        }
        long q1 = (request.address() & -4096L) | (request.group() & 0x1FFL) << 3;
        q1 |= (request.last() ? 4 : 0) | (request.write() ? 2 : 0) | (request.read() ? 1 : 0);
        port.write64(entry, q0);
        port.write64(entry + 8, q1);
        port.write64(entry + 16, 0);
        port.write64(entry + 24, 0);
        tail = next;
        pending = true;
        interrupt.raise();
        return true;
    }

    private long queueBytes() {
        return 4096L << (base & 7);
    }
}
