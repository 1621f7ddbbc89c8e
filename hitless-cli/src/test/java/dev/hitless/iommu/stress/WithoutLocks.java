package dev.hitless.iommu.stress;

import dev.hitless.iommu.api.platform.DriverLock;
import dev.hitless.iommu.api.platform.ForwardingPlatform;
import dev.hitless.iommu.api.platform.Locks;
import dev.hitless.iommu.api.platform.Platform;
import dev.hitless.iommu.api.platform.Waiter;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * A platform whose locks of some classes let everybody in. What is more, a thread of a {@link Crew} that comes first waits
 * a little for a second one, so that it does not take luck for two to be in.
 */
final class WithoutLocks extends ForwardingPlatform {
    private static final int LOOKS_BEFORE_TIME_OUT = 500;

    private final Set<String> open;

    /** @param open the lock classes */
    WithoutLocks(Platform right, Set<String> open) {
        super(right);
        this.open = open;
    }

    /**
     * A completion that got lost does not come, and each look takes as long as an open lock holds a thread up: given up
     * after far fewer looks than the platform would take.
     */
    @Override
    public Waiter waiter() {
        return (what, condition, timeoutMicros) -> {
            for (int look = 0; look < LOOKS_BEFORE_TIME_OUT; look++) {
                if (condition.getAsBoolean()) {
                    return true;
                }
                LockSupport.parkNanos(Open.PAUSE_NANOS);
            }
            return false;
        };
    }

    @Override
    public Locks locks() {
        Locks right = super.locks();
        return (lockClass, name) -> open.contains(lockClass) ? new Open() : right.create(lockClass, name);
    }

    private static final class Open implements DriverLock {
        private static final int POLLS = 20;
        private static final long PAUSE_NANOS = 5_000;

        private final AtomicInteger inside = new AtomicInteger();

        @Override
        public void lock() {
            inside.incrementAndGet();
            for (int poll = 0; poll < POLLS && Crew.isCalling() && inside.get() < 2; poll++) {
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }

        @Override
        public void unlock() {
            inside.decrementAndGet();
        }
    }
}
