package dev.hitless.iommu.driver.vtd;

import dev.hitless.iommu.api.Errno;
import dev.hitless.iommu.api.IommuException;
import dev.hitless.iommu.api.platform.DriverLock;
import dev.hitless.iommu.api.platform.Platform;
import java.util.function.BooleanSupplier;

/**
 * The global command register. It takes one command for each write, and every write states all lasting bits anew; so
 * the register has one owner, and a command is over when its status bit says so (VT-d spec 11.4.4).
 */
final class GlobalCommand {
    private static final int LASTING_BITS = Registers.TRANSLATION_ENABLE
            | Registers.QUEUED_INVALIDATION_ENABLE
            | Registers.INTERRUPT_REMAPPING_ENABLE
            | Registers.COMPATIBILITY_INTERRUPTS;

    private static final long TIMEOUT_MICROS = 1_000_000;

    private final Platform platform;
    private final DriverLock lock;

    GlobalCommand(Platform platform) {
        this.platform = platform;
        this.lock = platform.locks().create("vtd.global-command", "GCMD");
    }

    /** Whether a lasting bit is in force. */
    boolean isSet(int bit) {
        return (status() & bit) != 0;
    }

    /**
     * Switches a lasting bit and waits until it is in force.
     *
     * @throws IommuException ETIMEDOUT
     */
    void set(int bit, boolean enabled, String what) {
        lock.with(() -> {
            int lasting = status() & LASTING_BITS;
            write(enabled ? lasting | bit : lasting & ~bit);
            await(what, bit, enabled);
        });
    }

    /**
     * Makes the hardware take the root-table address.
     *
     * @throws IommuException ETIMEDOUT
     */
    void takeRootTable() {
        lock.with(() -> {
            write((status() & LASTING_BITS) | Registers.SET_ROOT_TABLE_POINTER);
            await("GSTS.RTPS", Registers.SET_ROOT_TABLE_POINTER, true);
        });
    }

    /**
     * Flushes the chipset's write buffer.
     *
     * @throws IommuException ETIMEDOUT
     */
    void flushWriteBuffer() {
        lock.with(() -> {
            write((status() & LASTING_BITS) | Registers.WRITE_BUFFER_FLUSH);
            await("GSTS.WBFS", Registers.WRITE_BUFFER_FLUSH, false);
        });
    }

    private int status() {
        return platform.registers().read32(Registers.GSTS);
    }

    private void write(int value) {
        platform.registers().write32(Registers.GCMD, value);
    }

    private void await(String what, int bit, boolean value) {
        BooleanSupplier settled = () -> isSet(bit) == value;
        // Looked at once more after the time is up: what matters is whether it has happened.
        if (!platform.waiter().await(what, settled, TIMEOUT_MICROS) && !settled.getAsBoolean()) {
            throw new IommuException(
                    Errno.ETIMEDOUT,
                    what + " did not become " + (value ? 1 : 0) + " within a second; the IOMMU does not respond");
        }
    }
}
