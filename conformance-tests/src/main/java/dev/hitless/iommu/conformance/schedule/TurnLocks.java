package dev.hitless.iommu.conformance.schedule;

import dev.hitless.iommu.api.platform.DriverLock;
import dev.hitless.iommu.api.platform.Locks;
import java.util.ArrayList;
import java.util.List;

/**
 * Locks where there is no hardware: every lock operation is a point, and one that waits lets others go on. To take a lock that
 * one holds, or to give back one that one does not hold, is an {@link IllegalStateException}.
 */
public final class TurnLocks implements Locks {
    private static final int NOBODY = -2;

    private final List<Lock> held = new ArrayList<>();
    private Turns turns = Turns.ALONE;
    private LockOrder order = new LockOrder();

    /** From now on several operations take turns, and the order in which locks are taken is noted. */
    public void takeTurns(Turns whose, LockOrder noted) {
        turns = whose;
        order = noted;
    }

    /** All that are held. */
    public List<LockName> held() {
        return held.stream().map(lock -> lock.name).toList();
    }

    /** What one operation holds, in the order in which it took them. */
    public List<LockName> heldBy(int operation) {
        return held.stream()
                .filter(lock -> lock.holder == operation)
                .map(lock -> lock.name)
                .toList();
    }

    @Override
    public DriverLock create(String lockClass, String name) {
        return new Lock(new LockName(lockClass, name));
    }

    private final class Lock implements DriverLock {
        private final LockName name;
        private int holder = NOBODY;

        Lock(LockName name) {
            this.name = name;
        }

        @Override
        public void lock() {
            turns.point();
            int me = turns.running();
            if (holder == me) {
                throw new IllegalStateException("deadlock: the lock " + name + " is taken twice");
            }
            order.asked(heldBy(me), name);
            if (holder != NOBODY) {
                turns.block(name + ", which operation " + (holder + 1) + " holds", () -> holder == NOBODY);
            }
            holder = me;
            held.add(this);
        }

        @Override
        public void unlock() {
            turns.point();
            if (holder != turns.running()) {
                throw new IllegalStateException("the lock " + name + " is given back but not held");
            }
            holder = NOBODY;
            held.remove(this);
        }
    }
}
