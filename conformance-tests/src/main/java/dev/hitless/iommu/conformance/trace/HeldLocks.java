package dev.hitless.iommu.conformance.trace;

import dev.hitless.iommu.api.platform.DriverLock;
import dev.hitless.iommu.api.platform.Locks;
import dev.hitless.iommu.conformance.schedule.LockName;
import dev.hitless.iommu.conformance.schedule.LockOrder;
import dev.hitless.iommu.conformance.schedule.Turns;
import java.util.ArrayList;
import java.util.List;

/**
 * Locks for operations of which one runs at a time. One that waits lets others go on; to take a lock that one holds, or to
 * give back one that one does not hold, is an error.
 */
final class HeldLocks implements Locks {
    private static final int NOBODY = -1;

    private final TraceRecorder recorder;
    private final List<Lock> held = new ArrayList<>();
    private LockOrder order = new LockOrder();

    HeldLocks(TraceRecorder recorder) {
        this.recorder = recorder;
    }

    /** Notes from now on in which order locks are taken. */
    void noteOrder(LockOrder noted) {
        order = noted;
    }

    /** All that are held. */
    List<String> held() {
        return held.stream().map(lock -> lock.name.toString()).toList();
    }

    /** What one operation holds, in the order in which it took them. */
    List<LockName> heldBy(int operation) {
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
            Turns turns = recorder.points().turns();
            recorder.points().take(name);
            int me = turns.running();
            if (holder == me) {
                throw new IllegalStateException(
                        "deadlock: the lock " + name + " is taken twice; held are " + heldBy(me));
            }
            if (!held.isEmpty()) {
                order.asked(heldBy(me), name);
            }
            if (holder != NOBODY) {
                turns.block(name + ", which operation " + (holder + 1) + " holds", () -> holder == NOBODY);
            }
            holder = me;
            held.add(this);
            recorder.points().took(name);
            recorder.addIfOverlapping(new TraceEvent.LockEvent(name.lockClass(), name.name(), true));
        }

        @Override
        public void unlock() {
            Turns turns = recorder.points().turns();
            recorder.points().giveBack(name);
            if (holder != turns.running()) {
                throw new IllegalStateException("the lock " + name + " is given back but not held"
                        + (holder == NOBODY ? "" : "; operation " + (holder + 1) + " holds it"));
            }
            holder = NOBODY;
            held.remove(this);
            recorder.points().gaveBack(name);
            recorder.addIfOverlapping(new TraceEvent.LockEvent(name.lockClass(), name.name(), false));
        }
    }
}
