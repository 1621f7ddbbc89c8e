package dev.hitless.iommu.hardware.vtd;

import dev.hitless.iommu.hardware.CommandPace;
import dev.hitless.iommu.hardware.CommandsAhead;
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
    private static final long BASE_RESERVED = 0x7F8;
    private static final long TAIL_FIELD = 0x7_FFF0;

    private final HardwarePort port;
    private final DescriptorDecoder decoder;
    private final Completions completions;
    private final EventInterrupt waitEvent;
    private final QueueErrors errors;
    private final PageRequestsUnderWay underWay;
    private final CommandPace pace;
    private final CommandsAhead ahead;
    private final DescriptorRing ring;
    private final FetchAhead fetchAhead;

    private boolean enabled;
    private boolean scalable;
    private boolean waitCompleted;

    private boolean deviceSilent;
    private int silentDevice;
    private boolean stuck;

    InvalidationQueue(
            HardwarePort port,
            VtdCapabilities capabilities,
            EventInterrupt waitEvent,
            EventInterrupt errorEvent,
            PageRequestsUnderWay underWay,
            CommandPace pace) {
        this.port = port;
        this.pace = pace;
        this.ahead = new CommandsAhead(port);
        this.ring = new DescriptorRing(port);
        this.waitEvent = waitEvent;
        this.errors = new QueueErrors(port, errorEvent);
        this.underWay = underWay;
        this.decoder = new DescriptorDecoder(capabilities);
        this.completions = new Completions(port);
        this.fetchAhead = new FetchAhead(port, decoder, ring, ahead);
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
            handOver(ring.head());
            run(pace.atDoorbell());
            return;
        }
        ahead.clear();
        ring.rewind();
        stuck = false;
        deviceSilent = false;
        completions.abandon();
    }

    boolean isEnabled() {
        return enabled;
    }

    long base() {
        return ring.base();
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
        ring.setBase(value);
    }

    /** IQH. */
    long head() {
        long seen = ring.head();
        looked();
        return seen;
    }

    /** The driver has looked whether the queue goes on, which it does now. */
    void looked() {
        if (pace == CommandPace.AS_POLLED) {
            run(pace.atLook(ring.entries()));
        }
    }

    /** The driver has loaded a word of memory. */
    void loaded(long address, long value) {
        completions.loaded(address, value);
        if (ahead.isAwaited(address)) {
            looked();
        }
    }

    int entries() {
        return ring.entries();
    }

    long taken() {
        return ahead.taken();
    }

    long tail() {
        return ring.tail();
    }

    /** IQT: makes descriptors fetchable. */
    void setTail(long value) {
        if ((value & ~TAIL_FIELD) != 0) {
            port.malformed("IQT=0x" + Long.toHexString(value) + " has reserved bits set");
            return;
        }
        long before = ring.tail();
        ring.setTail(value);
        if (enabled && !queueError() && ring.distance(value) < ring.distance(before)) {
            port.malformed("IQT=0x" + Long.toHexString(value) + " passes IQH=0x" + Long.toHexString(ring.head())
                    + ", or goes back: descriptors that were not fetched are lost");
        }
        handOver(before);
        run(pace.atDoorbell());
    }

    private void handOver(long first) {
        if (pace != CommandPace.AT_ONCE && enabled) {
            fetchAhead.handOver(first, scalable);
        }
    }

    /** FSTS.IQE. */
    boolean queueError() {
        return errors.queueError();
    }

    /** FSTS.ITE. */
    boolean timeoutError() {
        return errors.timeoutError();
    }

    /** FSTS is written with these bits set. */
    void clearErrors(boolean queueErrorBit, boolean timeoutBit) {
        errors.clear(queueErrorBit, timeoutBit);
        run(pace.atDoorbell());
    }

    /** IQERCD_REG. */
    long errorRecord() {
        return errors.record();
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

    private void run(int most) {
        if (!enabled || errors.any() || stuck) {
            return;
        }
        if (!ring.isTailAligned()) {
            fail(
                    QueueError.TAIL_ALIGNMENT,
                    "IQT=0x" + Long.toHexString(ring.tail()) + " points between two descriptors");
            return;
        }
        if (!ring.isTailInside()) {
            fail(QueueError.TAIL, "IQT=0x" + Long.toHexString(ring.tail()) + " lies outside the queue");
            return;
        }
        for (int i = 0; i < most && !ring.isEmpty() && !errors.any() && !stuck; i++) {
            step();
        }
        if (deviceSilent && ring.isEmpty()) {
            timeOut();
        }
    }

    private void step() {
        long address = ring.address(ring.head());
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
        long[] words = ring.words(address);
        long q0 = words[0];
        long q1 = words[1];
        boolean wide = ring.isWide();
        int number = ahead.take(address, words);
        if (wide && (words[2] | words[3]) != 0) {
            throw new InvalidDescriptorException(QueueError.RESERVED_FIELD, "descriptor with words 2 or 3 set");
        }
        if (DescriptorDecoder.isWait(q0)) {
            executeWait(decoder.waitDescriptor(q0, q1));
        } else if (DescriptorDecoder.isPageGroupResponse(q0)) {
            executeResponse(decoder.pageGroupResponse(q0, q1));
        } else {
            executeInvalidation(decoder.invalidation(q0, q1, wide, scalable), number);
        }
    }

    private void executeInvalidation(Invalidation invalidation, int handedOver) {
        Fate fate = port.fateOf(invalidation);
        if (fate == Fate.REJECT) {
            errors.reject();
            return;
        }
        int number = handedOver == CommandsAhead.NONE ? port.submitted(invalidation) : handedOver;
        ring.advance();
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
            ring.advance();
            timeOut();
            return;
        }
        switch (port.fateOf(wait.describe())) {
            case REJECT -> errors.reject();
            case LOSE -> {
                ring.advance();
                stuck = true;
            }
            case EXECUTE -> {
                ring.advance();
                if (pace == CommandPace.AT_ONCE && wait.fence()) {
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
            case REJECT -> errors.reject();
            case LOSE -> {
                ring.advance();
                stuck = true;
            }
            case EXECUTE -> {
                ring.advance();
                port.pageResponse(response.sid(), response.pasid(), response.group(), response.answer());
            }
        }
    }

    private void timeOut() {
        deviceSilent = false;
        errors.timeOut(silentDevice);
    }

    private void fail(QueueError why, String complaint) {
        errors.fail(why, ring.head(), complaint);
    }
}
