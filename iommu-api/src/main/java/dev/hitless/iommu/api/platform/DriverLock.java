package dev.hitless.iommu.api.platform;

/** A mutual-exclusion lock, not reentrant. */
public interface DriverLock {
    /** Takes it. */
    void lock();

    /** Gives it back. The holder calls. */
    void unlock();

    /** Runs {@code action} with the lock held. */
    default void with(Runnable action) {
        lock();
        try {
            action.run();
        } finally {
            unlock();
        }
    }
}
