package dev.hitless.iommu.driver.smmuv3;

import dev.hitless.iommu.api.Errno;
import dev.hitless.iommu.api.IommuException;
import dev.hitless.iommu.api.platform.Platform;
import dev.hitless.iommu.api.platform.RegisterBank;

/** CR0, whose changes take effect when CR0ACK shows them, and GBPA, which stands in for it while SMMUEN is 0. */
final class ControlRegister {
    private static final long TIMEOUT_MICROS = 1_000_000;

    private final Platform platform;
    private final RegisterBank registers;

    ControlRegister(Platform platform) {
        this.platform = platform;
        this.registers = platform.registers();
    }

    boolean isTranslating() {
        return (registers.read32(Registers.CR0) & Registers.CR0_SMMUEN) != 0;
    }

    /** Turns {@code bits} on, beside what is on. Throws ETIMEDOUT. */
    void enable(int bits) {
        write(registers.read32(Registers.CR0) | bits);
    }

    /** Turns {@code bits} off, and nothing else. Throws ETIMEDOUT. */
    void disable(int bits) {
        write(registers.read32(Registers.CR0) & ~bits);
    }

    /** Turns everything off. Throws ETIMEDOUT. */
    void disableAll() {
        write(0);
    }

    private void write(int value) {
        registers.write32(Registers.CR0, value);
        await("CR0ACK", () -> registers.read32(Registers.CR0ACK) == value);
    }

    /** Has everything aborted while translation is off. Throws ETIMEDOUT. */
    void abortWhileOff() {
        awaitUpdate();
        int attributes = registers.read32(Registers.GBPA);
        registers.write32(Registers.GBPA, attributes | Registers.GBPA_ABORT | Registers.GBPA_UPDATE);
        awaitUpdate();
    }

    private void awaitUpdate() {
        await("GBPA.UPDATE", () -> (registers.read32(Registers.GBPA) & Registers.GBPA_UPDATE) == 0);
    }

    private void await(String what, java.util.function.BooleanSupplier condition) {
        // Looked at once more after the time is up: what matters is whether it has happened.
        if (!platform.waiter().await(what, condition, TIMEOUT_MICROS) && !condition.getAsBoolean()) {
            throw new IommuException(Errno.ETIMEDOUT, "the SMMU did not settle " + what + " within a second");
        }
    }
}
