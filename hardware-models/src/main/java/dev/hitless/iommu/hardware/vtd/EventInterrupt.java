package dev.hitless.iommu.hardware.vtd;

/**
 * Control, data, address and upper address register of one interrupt: FECTL, IECTL, PECTL and what follows them (VT-d
 * spec 11.4.7). Nothing is delivered; a masked event stays pending.
 *
 * <pre>
 *            31   30  29:0
 * control | IM | IP |  0  |    IM is 1 after reset
 * </pre>
 */
final class EventInterrupt {
    private static final int MASKED = 1 << 31;
    private static final int PENDING = 1 << 30;

    private int control = MASKED;
    private int data;
    private int address;
    private int upperAddress;

    /** An event happened. */
    void raise() {
        if ((control & MASKED) != 0) {
            control |= PENDING;
        }
    }

    /** What caused the event was cleared. */
    void clear() {
        control &= ~PENDING;
    }

    /** Control in the low half, data in the high half. */
    long controlAndData() {
        return Integer.toUnsignedLong(control) | (long) data << 32;
    }

    /** Address in the low half, upper address in the high half. */
    long addresses() {
        return Integer.toUnsignedLong(address) | (long) upperAddress << 32;
    }

    void writeControl(int value) {
        // Unmasking sends what was pending.
        control = (value & MASKED) != 0 ? (control & PENDING) | MASKED : 0;
    }

    void writeData(int value) {
        data = value;
    }

    void writeAddress(int value) {
        address = value & ~3;
    }

    void writeUpperAddress(int value) {
        upperAddress = value;
    }
}
