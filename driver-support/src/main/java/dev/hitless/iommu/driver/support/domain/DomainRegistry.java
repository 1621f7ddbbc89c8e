package dev.hitless.iommu.driver.support.domain;

import dev.hitless.iommu.api.platform.DriverLock;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/** All domains of a driver with tables or ids of their own. */
public final class DomainRegistry {
    private final DriverLock lock;
    private final Set<AllocatedDomain> domains = new LinkedHashSet<>();
    private int made;

    public DomainRegistry(DriverLock lock) {
        this.lock = lock;
    }

    /**
     * Makes a domain with a name that no other has.
     *
     * @param kind what it is, the first part of the name
     */
    public <T extends AllocatedDomain> T add(String kind, Function<String, T> maker) {
        T domain = maker.apply(kind + "#" + nextNumber());
        lock.with(() -> domains.add(domain));
        return domain;
    }

    private int nextNumber() {
        lock.lock();
        try {
            return ++made;
        } finally {
            lock.unlock();
        }
    }

    void remove(AllocatedDomain domain) {
        lock.with(() -> domains.remove(domain));
    }

    /** Frees what is left, youngest first: nested domains before their parents. Hardware must be off. */
    public void releaseAll() {
        List<AllocatedDomain> left = new ArrayList<>();
        lock.with(() -> {
            left.addAll(domains);
            domains.clear();
        });
        for (int i = left.size() - 1; i >= 0; i--) {
            left.get(i).release();
        }
    }
}
