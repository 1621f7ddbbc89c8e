package dev.hitless.iommu.api.platform;

/**
 * Where a driver gets its locks, so that schedules can be controlled and lock order checked.
 */
public interface Locks {
    /**
     * A new lock.
     *
     * @param lockClass locks of one class have one place in the lock order, for example {@code "vtd.pasid-table"}
     * @param name tells locks of one class apart, for messages
     */
    DriverLock create(String lockClass, String name);
}
