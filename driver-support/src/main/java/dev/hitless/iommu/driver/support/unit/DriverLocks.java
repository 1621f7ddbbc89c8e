package dev.hitless.iommu.driver.support.unit;

import dev.hitless.iommu.api.platform.DriverLock;
import dev.hitless.iommu.api.platform.Locks;

/**
 * The locks of one driver.
 *
 * @param locks where they come from
 * @param driver first part of each lock class, for example {@code vtd}
 */
public record DriverLocks(Locks locks, String driver) {
    /**
     * A new lock.
     *
     * @param what second part of the lock class, for example {@code domain-users}
     * @param name tells locks of one class apart
     */
    public DriverLock create(String what, String name) {
        return locks.create(driver + "." + what, name);
    }
}
