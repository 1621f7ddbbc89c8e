package dev.hitless.iommu.conformance.trace;

import dev.hitless.iommu.api.platform.DriverLock;
import dev.hitless.iommu.api.platform.Locks;
import java.util.ArrayList;
import java.util.List;

/** Locks for one thread: nothing ever waits, but taking a held one, or giving back a free one, is an error. */
final class HeldLocks implements Locks {
    private final List<String> held = new ArrayList<>();

    List<String> held() {
        return List.copyOf(held);
    }

    @Override
    public DriverLock create(String lockClass, String name) {
        String label = lockClass + " " + name;
        return new DriverLock() {
            private boolean taken;

            @Override
            public void lock() {
                if (taken) {
                    throw new IllegalStateException(
                            "deadlock: the lock " + label + " is taken twice; held are " + held);
                }
                taken = true;
                held.add(label);
            }

            @Override
            public void unlock() {
                if (!taken) {
                    throw new IllegalStateException("the lock " + label + " is given back but not held");
                }
                taken = false;
                held.remove(held.lastIndexOf(label));
            }
        };
    }
}
