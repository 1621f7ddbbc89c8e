package dev.hitless.iommu.driver.support;

import dev.hitless.iommu.api.platform.DriverLock;

/** A lock for one thread: notices what would be a deadlock. */
public final class FakeLock implements DriverLock {
    private boolean held;

    @Override
    public void lock() {
        if (held) {
            throw new AssertionError("taken twice");
        }
        held = true;
    }

    @Override
    public void unlock() {
        if (!held) {
            throw new AssertionError("given back, but not held");
        }
        held = false;
    }

    public boolean isHeld() {
        return held;
    }
}
