package dev.hitless.iommu.driver.amdvi;

import dev.hitless.iommu.api.platform.DriverLock;
import dev.hitless.iommu.api.platform.Platform;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/** All domains with tables or ids of their own. */
final class DomainRegistry {
    private final DriverLock lock;
    private final Set<AmdviDomain> domains = new LinkedHashSet<>();
    private int made;

    DomainRegistry(Platform platform) {
        this.lock = platform.locks().create("amdvi.domains", "domains");
    }

    /**
     * Makes a domain with a name that no other has.
     *
     * @param kind what it is, the first part of the name
     */
    <T extends AmdviDomain> T add(String kind, Function<String, T> maker) {
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

    void remove(AmdviDomain domain) {
        lock.with(() -> domains.remove(domain));
    }

    /** Frees what is left, youngest first: nested domains before their parents. Hardware must be off. */
    void releaseAll() {
        List<AmdviDomain> left = new ArrayList<>();
        lock.with(() -> {
            left.addAll(domains);
            domains.clear();
        });
        for (int i = left.size() - 1; i >= 0; i--) {
            left.get(i).release();
        }
    }
}
