package dev.hitless.iommu.hardware.amdvi;

/**
 * The status register (MMIO 0x2020), without its read-only run bits, which their owners know.
 *
 * <pre>
 * written 1 to clear: 0 EventOverflow, 1 EventLogInt, 2 ComWaitInt, 5 PprOverflow, 6 PprInt
 * read only:          3 EventLogRun, 4 CmdBufRun, 7 PprLogRun
 * </pre>
 */
final class StatusRegister {
    static final int EVENT_OVERFLOW = 0;
    static final int EVENT_LOG_INTERRUPT = 1;
    static final int COMPLETION_WAIT_INTERRUPT = 2;
    static final int EVENT_LOG_RUN = 3;
    static final int COMMAND_BUFFER_RUN = 4;
    static final int PPR_OVERFLOW = 5;
    static final int PPR_INTERRUPT = 6;
    static final int PPR_LOG_RUN = 7;

    private long bits;

    void set(int bit) {
        bits |= 1L << bit;
    }

    boolean isSet(int bit) {
        return BitField.isSet(bits, bit);
    }

    /** The driver writes {@code value}: ones clear. */
    void clear(long value) {
        bits &= ~value;
    }

    long value() {
        return bits;
    }
}
