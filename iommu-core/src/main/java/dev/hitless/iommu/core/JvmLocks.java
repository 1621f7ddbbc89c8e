package dev.hitless.iommu.core;

import dev.hitless.iommu.api.platform.DriverLock;
import dev.hitless.iommu.api.platform.Locks;
import java.util.concurrent.locks.ReentrantLock;

/** Locks of the Java platform, made strict: taking one again in the same thread is an error instead of a success. */
final class JvmLocks implements Locks {
    @Override
    public DriverLock create(String lockClass, String name) {
        ReentrantLock lock = new ReentrantLock();
        return new DriverLock() {
            @Override
            public void lock() {
                if (lock.isHeldByCurrentThread()) {
                    throw new IllegalStateException(lockClass + " lock " + name + " is held by this thread already");
                }
                lock.lock();
            }

            @Override
            public void unlock() {
                lock.unlock();
            }
        };
    }
}
