package dev.hitless.iommu.driver.amdvi;

import dev.hitless.iommu.api.Errno;
import dev.hitless.iommu.api.IommuException;
import dev.hitless.iommu.api.platform.DriverLock;
import dev.hitless.iommu.api.platform.Platform;
import java.util.function.BooleanSupplier;

/** The control register, which everybody changes only a part of, and the run bits in the status register that follow. */
final class ControlRegister {
    private static final long TIMEOUT_MICROS = 1_000_000;

    private final Platform platform;
    private final DriverLock lock;

    ControlRegister(Platform platform) {
        this.platform = platform;
        this.lock = platform.locks().create("amdvi.control", "control register");
    }

    /** Sets bits. */
    void set(long bits) {
        lock.with(() -> write(read() | bits));
    }

    /** Clears bits. */
    void clear(long bits) {
        lock.with(() -> write(read() & ~bits));
    }

    /** Switches everything off, whoever had it on. */
    void clearAll() {
        lock.with(() -> write(0));
    }

    /**
     * Sets {@code enable} and waits until hardware says that it runs.
     *
     * @throws IommuException ETIMEDOUT
     */
    void start(long enable, long running, String what) {
        set(enable);
        await(running, true, what);
    }

    /**
     * Clears {@code enable} and waits until hardware says that it stands still.
     *
     * @throws IommuException ETIMEDOUT
     */
    void stop(long enable, long running, String what) {
        clear(enable);
        await(running, false, what);
    }

    /**
     * Clears and sets {@code enable} of something that stands still, and gives it time to go on. Whether it does is for the
     * caller to find out.
     *
     * @param goesOn whether it has moved
     */
    void restart(long enable, String what, BooleanSupplier goesOn) {
        clear(enable);
        set(enable);
        platform.waiter().await(what, goesOn, TIMEOUT_MICROS);
    }

    /** The status register. */
    long status() {
        return platform.registers().read64(Registers.STATUS);
    }

    /** Clears status bits that are cleared by writing them as 1. */
    void acknowledge(long bits) {
        platform.registers().write64(Registers.STATUS, bits);
    }

    private void await(long running, boolean value, String what) {
        BooleanSupplier settled = () -> (status() & running) != 0 == value;
        // Looked at once more after the time is up: what matters is whether it has happened.
        if (!platform.waiter().await(what, settled, TIMEOUT_MICROS) && !settled.getAsBoolean()) {
            throw new IommuException(
                    Errno.ETIMEDOUT,
                    what + " did not become " + (value ? 1 : 0) + " within a second; the IOMMU does not respond");
        }
    }

    private long read() {
        return platform.registers().read64(Registers.CONTROL);
    }

    private void write(long value) {
        platform.registers().write64(Registers.CONTROL, value);
    }
}
