package dev.hitless.iommu.conformance.schedule;

/**
 * A lock.
 *
 * @param lockClass locks of one class have one place in the lock order
 * @param name tells locks of one class apart
 */
public record LockName(String lockClass, String name) {
    @Override
    public String toString() {
        return lockClass + " " + name;
    }
}
