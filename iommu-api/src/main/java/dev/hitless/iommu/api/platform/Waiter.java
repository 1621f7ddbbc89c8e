package dev.hitless.iommu.api.platform;

import java.util.function.BooleanSupplier;

/** Waits for the hardware. A driver has no other clock. */
public interface Waiter {
    /**
     * Evaluates {@code condition} until it is true or the time is up. The condition reads registers or memory through
     * the platform.
     *
     * @param what what is waited for, for messages, for example {@code "GSTS.QIES"}
     * @param timeoutMicros upper bound; a second is 1,000,000
     * @return false when the time is up; the caller decides what that means, but never that all is well
     */
    boolean await(String what, BooleanSupplier condition, long timeoutMicros);
}
