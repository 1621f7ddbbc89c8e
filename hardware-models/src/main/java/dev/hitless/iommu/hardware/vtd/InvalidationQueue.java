package dev.hitless.iommu.hardware.vtd;

import dev.hitless.iommu.hardware.HardwarePort;
import dev.hitless.iommu.hardware.HardwarePort.Fate;
import dev.hitless.iommu.hardware.Invalidation;
import dev.hitless.iommu.hardware.PageRequestsUnderWay;

/**
 * Fetches and executes queued descriptors (VT-d spec 6.5.2, 11.4.9): IQH, IQT, IQA, ICS.IWC, IQERCD, and the bits IQE and
 * ITE of FSTS.
 *
 * <p>A malformed descriptor sets IQE with a code, and the head stays at it. An invalidation that a device does not answer
 * sets ITE as soon as a wait descriptor is fetched or the queue is empty, and that wait is aborted. Nothing is fetched
 * until software clears the bit; then fetching goes on at the head. A command for the IOMMU itself that never completes
 * holds the queue until it is switched off.
 *
 * <p>Page requests under way (7.10): what a device sent has reached the unit when the device has answered a device-TLB
 * invalidation, and the unit has written it to the page-request queue when a wait descriptor with PD completes. Nothing
 * else makes it so.
 */
final class InvalidationQueue {
    private static final long WIDE = 1L << 11;
    private static final long BASE_RESERVED = 0x7F8;
    private static final long TAIL_FIELD = 0x7_FFF0;

    private final HardwarePort port;
    private final DescriptorDecoder decoder;
    private final Completions completions;
    private final EventInterrupt waitEvent;
    private final EventInterrupt errorEvent;
    private final PageRequestsUnderWay underWay;

    private boolean enabled;
    private boolean scalable;
    private long base;
    private long head;
    private long tail;
    private boolean waitCompleted;

    private QueueError error = QueueError.NONE;
    private boolean deviceTimedOut;
    private boolean deviceSilent;
    private int silentDevice;
    private boolean stuck;

    InvalidationQueue(
            HardwarePort port,
            VtdCapabilities capabilities,
            EventInterrupt waitEvent,
            EventInterrupt errorEvent,
            PageRequestsUnderWay underWay) {
        this.port = port;
        this.waitEvent = waitEvent;
        this.errorEvent = errorEvent;
        this.underWay = underWay;
        this.decoder = new DescriptorDecoder(capabilities);
        this.completions = new Completions(port);
    }

    Completions completions() {
        return completions;
    }

    /** Tells the mode of the root table that is set. */
    void setScalable(boolean value) {
        scalable = value;
    }

    /** GCMD.QIE. */
    void setEnabled(boolean value) {
        if (value == enabled) {
            return;
        }
        enabled = value;
        if (value) {
            run();
            return;
        }
        head = 0;
        stuck = false;
        deviceSilent = false;
        completions.abandon();
    }

    boolean isEnabled() {
        return enabled;
    }

    long base() {
        return base;
    }

    void setBase(long value) {
        if (enabled) {
            port.malformed("IQA is written while the invalidation queue is on; clear GCMD.QIE first");
            return;
        }
        if ((value & BASE_RESERVED) != 0) {
            port.malformed("IQA=0x" + Long.toHexString(value) + " has reserved bits set");
            return;
        }
        base = value;
    }

    long head() {
        return head;
    }

    long tail() {
        return tail;
    }

    /** IQT: makes descriptors fetchable. */
    void setTail(long value) {
        if ((value & ~TAIL_FIELD) != 0) {
            port.malformed("IQT=0x" + Long.toHexString(value) + " has reserved bits set");
            return;
        }
        tail = value;
        run();
    }

    /** FSTS.IQE. */
    boolean queueError() {
        return error != QueueError.NONE;
    }

    /** FSTS.ITE. */
    boolean timeoutError() {
        return deviceTimedOut;
    }

    /** FSTS is written with these bits set. */
    void clearErrors(boolean queueErrorBit, boolean timeoutBit) {
        if (queueErrorBit) {
            error = QueueError.NONE;
        }
        if (timeoutBit) {
            deviceTimedOut = false;
        }
        run();
    }

    /** IQERCD_REG: IQEI 3:0, ITESID 47:32. */
    long errorRecord() {
        return error.code() | (deviceTimedOut ? (long) silentDevice << 32 : 0);
    }

    /** ICS.IWC. */
    boolean waitCompleted() {
        if (waitCompleted) {
            completions.interruptSeen();
        }
        return waitCompleted;
    }

    /** ICS.IWC is written as 1. */
    void clearWaitCompleted() {
        waitCompleted = false;
        waitEvent.clear();
    }

    private long descriptorBytes() {
        return (base & WIDE) != 0 ? 32 : 16;
    }

    private long queueBytes() {
        return 4096L << (base & 7);
    }

    private void run() {
        if (!enabled || queueError() || deviceTimedOut || stuck) {
            return;
        }
        if (tail % descriptorBytes() != 0) {
            fail(QueueError.TAIL_ALIGNMENT, "IQT=0x" + Long.toHexString(tail) + " points between two descriptors");
            return;
        }
        if (tail >= queueBytes()) {
            fail(QueueError.TAIL, "IQT=0x" + Long.toHexString(tail) + " lies outside the queue");
            return;
        }
        while (head != tail && !queueError() && !deviceTimedOut && !stuck) {
            step();
        }
        if (deviceSilent && head == tail) {
            timeOut();
        }
    }

    private void step() {
        long address = (base & -4096L) + head;
        if (!port.isMemory(address)) {
            fail(QueueError.FETCH, "no memory");
            return;
        }
        try {
            execute(address);
        } catch (InvalidDescriptorException invalid) {
            fail(invalid.error(), String.valueOf(invalid.getMessage()));
        }
    }

    private void execute(long address) throws InvalidDescriptorException {
        long q0 = port.read64(address);
        long q1 = port.read64(address + 8);
        boolean wide = descriptorBytes() == 32;
        if (wide && (port.read64(address + 16) | port.read64(address + 24)) != 0) {
            throw new InvalidDescriptorException(QueueError.RESERVED_FIELD, "descriptor with words 2 or 3 set");
        }
        if (DescriptorDecoder.isWait(q0)) {
            executeWait(decoder.waitDescriptor(q0, q1));
        } else if (DescriptorDecoder.isPageGroupResponse(q0)) {
            executeResponse(decoder.pageGroupResponse(q0, q1));
        } else {
            executeInvalidation(decoder.invalidation(q0, q1, wide, scalable));
        }
    }

    private void executeInvalidation(Invalidation invalidation) {
        Fate fate = port.fateOf(invalidation);
        if (fate == Fate.REJECT) {
            reject();
            return;
        }
        int number = port.submitted(invalidation);
        advance();
        if (fate == Fate.EXECUTE) {
            completions.issued(number);
            if (invalidation.targetRequester() >= 0) {
                underWay.answered(invalidation.targetRequester());
            }
            return;
        }
        completions.lost();
        if (invalidation.targetRequester() >= 0) {
            deviceSilent = true;
            silentDevice = invalidation.targetRequester();
        } else {
            stuck = true;
        }
    }

    private void executeWait(WaitDescriptor wait) {
        if (deviceSilent) {
            advance();
            timeOut();
            return;
        }
        switch (port.fateOf(wait.describe())) {
            case REJECT -> reject();
            case LOSE -> {
                advance();
                stuck = true;
            }
            case EXECUTE -> {
                advance();
                if (wait.fence()) {
                    port.fenced();
                }
                if (wait.drainPageRequests()) {
                    underWay.drained();
                }
                if (wait.statusWrite()) {
                    completions.signal(wait.statusAddress(), wait.statusData());
                }
                if (wait.interrupt()) {
                    waitCompleted = true;
                    waitEvent.raise();
                    completions.signalInterrupt();
                }
            }
        }
    }

    private void executeResponse(PageGroupResponse response) {
        switch (port.fateOf(response.describe())) {
            case REJECT -> reject();
            case LOSE -> {
                advance();
                stuck = true;
            }
            case EXECUTE -> {
                advance();
                port.pageResponse(response.sid(), response.pasid(), response.group(), response.answer());
            }
        }
    }

    private void timeOut() {
        deviceSilent = false;
        deviceTimedOut = true;
        errorEvent.raise();
    }

    private void advance() {
        head = (head + descriptorBytes()) % queueBytes();
    }

    private void reject() {
        error = QueueError.FETCH;
        errorEvent.raise();
    }

    private void fail(QueueError why, String complaint) {
        error = why;
        errorEvent.raise();
        port.malformed("invalidation queue, head 0x" + Long.toHexString(head) + ": " + complaint + " (IQEI="
                + why.code() + ")");
    }
}
