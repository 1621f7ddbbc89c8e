package dev.hitless.iommu.hardware.smmuv3;

import dev.hitless.iommu.hardware.HardwarePort;

/**
 * One interrupt source: sends a message where software programmed an address and IRQ_CTRL enables it. Without an address
 * the interrupt is wired, which nobody here listens to.
 *
 * <pre>
 * x_IRQ_CFG0  51:2 address | x_IRQ_CFG1  31:0 data | x_IRQ_CFG2  attributes
 * </pre>
 */
final class MessageInterrupt {
    private static final long ADDRESS_MASK = Bits.mask(51, 2);

    private final HardwarePort port;
    private final GlobalErrors errors;
    private final int abortError;
    private final boolean supported;
    private long address;
    private int data;
    private int attributes;
    private boolean enabled;

    /** {@code abortError} becomes active when there is no memory at the address. */
    MessageInterrupt(Smmuv3Features features, HardwarePort port, GlobalErrors errors, int abortError) {
        this.port = port;
        this.errors = errors;
        this.abortError = abortError;
        this.supported = features.msi();
    }

    long address() {
        return address;
    }

    void writeAddress(long value) {
        address = supported ? value & ADDRESS_MASK : 0;
    }

    int data() {
        return data;
    }

    void writeData(int value) {
        data = value;
    }

    int attributes() {
        return attributes;
    }

    void writeAttributes(int value) {
        attributes = value;
    }

    void setEnabled(boolean value) {
        enabled = value;
    }

    /** The source fires. */
    void raise() {
        if (!enabled || address == 0) {
            return;
        }
        if (port.isMemory(address & -Long.BYTES)) {
            port.write32(address, data);
        } else {
            errors.raise(abortError);
        }
    }
}
