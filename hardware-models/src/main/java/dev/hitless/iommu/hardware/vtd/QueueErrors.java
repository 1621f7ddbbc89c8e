package dev.hitless.iommu.hardware.vtd;

import dev.hitless.iommu.hardware.HardwarePort;

/** What keeps the invalidation queue from going on: IQE and ITE of FSTS, and IQERCD (VT-d spec 11.4.9.9). */
final class QueueErrors {
    private final HardwarePort port;
    private final EventInterrupt event;
    private QueueError error = QueueError.NONE;
    private boolean deviceTimedOut;
    private int silentDevice;

    /** @param event is raised with every error */
    QueueErrors(HardwarePort port, EventInterrupt event) {
        this.port = port;
        this.event = event;
    }

    /** FSTS.IQE. */
    boolean queueError() {
        return error != QueueError.NONE;
    }

    /** FSTS.ITE. */
    boolean timeoutError() {
        return deviceTimedOut;
    }

    /** Whether one of them is set. */
    boolean any() {
        return queueError() || deviceTimedOut;
    }

    /** FSTS is written with these bits set. */
    void clear(boolean queueErrorBit, boolean timeoutBit) {
        if (queueErrorBit) {
            error = QueueError.NONE;
        }
        if (timeoutBit) {
            deviceTimedOut = false;
        }
    }

    /** IQERCD_REG: IQEI 3:0, ITESID 47:32. */
    long record() {
        return error.code() | (deviceTimedOut ? (long) silentDevice << 32 : 0);
    }

    /** A device did not answer. */
    void timeOut(int device) {
        silentDevice = device;
        deviceTimedOut = true;
        event.raise();
    }

    /** The descriptor could not be fetched, and nobody is to blame. */
    void reject() {
        error = QueueError.FETCH;
        event.raise();
    }

    /** Software got the descriptor at {@code head} wrong. */
    void fail(QueueError why, long head, String complaint) {
        error = why;
        event.raise();
        port.malformed("invalidation queue, head 0x" + Long.toHexString(head) + ": " + complaint + " (IQEI="
                + why.code() + ")");
    }
}
