package dev.hitless.iommu.conformance.junit;

import dev.hitless.iommu.api.platform.DriverLock;
import dev.hitless.iommu.api.platform.Locks;
import java.util.function.UnaryOperator;

/** Locks of one class that do not do what they are there for, to be given to {@link DefectiveProvider#withLocks}. */
public final class DefectiveLocks {
    private DefectiveLocks() {}

    /**
     * Locks of this class keep nobody out: as if they were not taken.
     *
     * @param lockClass as the driver gives it to {@link Locks#create}
     */
    public static UnaryOperator<Locks> notTaken(String lockClass) {
        return locks -> (wanted, name) -> wanted.equals(lockClass) ? new NotTaken() : locks.create(wanted, name);
    }

    /**
     * What is done with a lock of this class held gives it back only if it succeeds.
     *
     * @param lockClass as the driver gives it to {@link Locks#create}
     */
    public static UnaryOperator<Locks> keptOnError(String lockClass) {
        return locks -> (wanted, name) ->
                wanted.equals(lockClass) ? new KeptOnError(locks.create(wanted, name)) : locks.create(wanted, name);
    }

    private record NotTaken() implements DriverLock {
        @Override
        public void lock() {
            // Forgotten.
        }

        @Override
        public void unlock() {
            // Forgotten.
        }
    }

    private record KeptOnError(DriverLock right) implements DriverLock {
        @Override
        public void lock() {
            right.lock();
        }

        @Override
        public void unlock() {
            right.unlock();
        }

        @Override
        public void with(Runnable action) {
            right.lock();
            action.run();
            right.unlock();
        }
    }
}
