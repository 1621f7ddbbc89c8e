package dev.hitless.iommu.conformance.subsystem;

import dev.hitless.iommu.api.platform.DriverLock;
import dev.hitless.iommu.api.platform.Locks;
import java.util.ArrayList;
import java.util.List;

/** Locks of a bench without hardware, where nobody ever waits: taking one twice would be for ever. */
final class OneThreadLocks implements Locks {
    private final List<String> held = new ArrayList<>();

    List<String> held() {
        return List.copyOf(held);
    }

    @Override
    public DriverLock create(String lockClass, String name) {
        String label = lockClass + " " + name;
        return new DriverLock() {
            @Override
            public void lock() {
                if (held.contains(label)) {
                    throw new IllegalStateException("deadlock: the lock " + label + " is taken twice");
                }
                held.add(label);
            }

            @Override
            public void unlock() {
                if (!held.remove(label)) {
                    throw new IllegalStateException("the lock " + label + " is given back but not held");
                }
            }
        };
    }
}
