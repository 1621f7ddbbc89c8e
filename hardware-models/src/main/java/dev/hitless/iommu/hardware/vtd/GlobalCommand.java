package dev.hitless.iommu.hardware.vtd;

import dev.hitless.iommu.hardware.HardwarePort;

/**
 * GCMD, GSTS and RTADDR: switching translation and the queue on and off, setting the root table (VT-d spec 11.4.4,
 * 11.4.5).
 *
 * <pre>
 *        31   30   29  28   27   26   25   24   23
 * GCMD | TE |SRTP| SFL|EAFL|WBF | QIE | IRE|SIRTP|CFI|
 * GSTS |TES |RTPS| FLS|AFLS|WBFS|QIES |IRES|IRTPS|CFIS|
 * </pre>
 *
 * One command per write; TE and QIE are states that every write repeats. Fault log and interrupt remapping do not exist
 * here.
 */
final class GlobalCommand {
    private static final int TRANSLATION = 1 << 31;
    private static final int SET_ROOT = 1 << 30;
    private static final int WRITE_BUFFER_FLUSH = 1 << 27;
    private static final int QUEUE = 1 << 26;
    private static final int KNOWN = TRANSLATION | SET_ROOT | WRITE_BUFFER_FLUSH | QUEUE;
    private static final long ROOT_RESERVED = 0x3FF;

    private final HardwarePort port;
    private final VtdCapabilities capabilities;
    private final InvalidationQueue queue;
    private long rootTablePointer;
    private long latchedRoot;
    private boolean rootSet;
    private boolean translating;
    private int rootFlush = -1;

    GlobalCommand(HardwarePort port, VtdCapabilities capabilities, InvalidationQueue queue) {
        this.port = port;
        this.capabilities = capabilities;
        this.queue = queue;
    }

    /** RTADDR as written. */
    long rootTablePointer() {
        return rootTablePointer;
    }

    void setRootTablePointer(long value) {
        rootTablePointer = value;
    }

    /** RTADDR as taken over by the last SRTP. */
    long latchedRoot() {
        return latchedRoot;
    }

    boolean translating() {
        return translating;
    }

    /** GSTS. Reading it shows the completion of what SRTP did by itself. */
    int status() {
        if (rootFlush >= 0) {
            port.observed(rootFlush);
            rootFlush = -1;
        }
        return (translating ? TRANSLATION : 0) | (rootSet ? SET_ROOT : 0) | (queue.isEnabled() ? QUEUE : 0);
    }

    /** GCMD. */
    void command(int value) {
        int states = (translating ? TRANSLATION : 0) | (queue.isEnabled() ? QUEUE : 0);
        int commands = ((value ^ states) & (TRANSLATION | QUEUE)) | (value & ~(TRANSLATION | QUEUE));
        if (Integer.bitCount(commands) > 1) {
            port.malformed("GCMD=0x" + Integer.toHexString(value)
                    + " gives several commands at once; write one, wait for GSTS, repeat the states that are on");
            return;
        }
        if ((commands & ~KNOWN) != 0) {
            port.malformed(
                    "GCMD=0x" + Integer.toHexString(value) + " gives a command that this hardware does not have");
            return;
        }
        switch (commands) {
            case TRANSLATION -> translation((value & TRANSLATION) != 0);
            case QUEUE -> queue.setEnabled((value & QUEUE) != 0);
            case SET_ROOT -> setRoot();
            case WRITE_BUFFER_FLUSH -> {
                if (capabilities.writeBufferFlush()) {
                    port.writeBufferFlushed();
                }
            }
            default -> {
                // Nothing changes.
            }
        }
    }

    private void translation(boolean on) {
        if (on && !rootSet) {
            port.malformed("GCMD.TE before a root table was set (GCMD.SRTP)");
            return;
        }
        translating = on;
    }

    private void setRoot() {
        int mode = (int) (rootTablePointer >>> 10) & 3;
        if ((rootTablePointer & ROOT_RESERVED) != 0 || mode == TableMode.RESERVED) {
            port.malformed("RTADDR=0x" + Long.toHexString(rootTablePointer) + " has reserved bits or mode set");
            return;
        }
        if (translating && mode != ((int) (latchedRoot >>> 10) & 3)) {
            port.malformed("RTADDR.TTM changes while translation is on; clear GCMD.TE first");
            return;
        }
        latchedRoot = rootTablePointer;
        rootSet = true;
        queue.setScalable(mode == TableMode.SCALABLE);
        if (capabilities.flushOnRootChange()) {
            rootFlush = port.submitted(new RootChangeFlush());
        }
    }
}
