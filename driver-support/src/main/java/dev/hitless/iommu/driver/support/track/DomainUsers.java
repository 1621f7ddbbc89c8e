package dev.hitless.iommu.driver.support.track;

import dev.hitless.iommu.api.Errno;
import dev.hitless.iommu.api.IommuDevice;
import dev.hitless.iommu.api.IommuException;
import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.api.platform.DriverLock;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Where the translations of one domain may be cached: whom an unmap has to tell.
 *
 * <p>During a replacement both domains have the user: it joins the new one <em>before</em> the hardware switches and
 * leaves the old one <em>after</em> the last invalidation was seen complete. So an unmap in either domain, at whatever
 * moment, reaches every cache that could hold its translations. One that came just before the join has cleared its entries
 * before the hardware could walk them for the new user: page-table stores come before the look at the users, and joining
 * comes before the switch.
 *
 * <p>A user that joins twice is in the list once, and is gone when it has left twice.
 */
public final class DomainUsers {
    private final String domainName;
    private final DriverLock lock;
    private final List<DomainUser> joined = new ArrayList<>();

    public DomainUsers(String domainName, DriverLock lock) {
        this.domainName = domainName;
        this.lock = lock;
    }

    /** Before the hardware switches to the domain. */
    public void join(IommuDevice device, Pasid pasid) {
        lock.with(() -> joined.add(new DomainUser(device, pasid)));
    }

    /**
     * After the last invalidation of what the hardware knew of the domain, or to take a join back.
     *
     * @throws IllegalStateException if it has not joined: a bug of the driver
     */
    public void leave(IommuDevice device, Pasid pasid) {
        lock.with(() -> {
            DomainUser user = new DomainUser(device, pasid);
            if (!joined.remove(user)) {
                throw new IllegalStateException(user + " does not use " + domainName);
            }
        });
    }

    /** Who uses it now. A copy, each once. */
    public List<DomainUser> snapshot() {
        lock.lock();
        try {
            return joined.stream().distinct().toList();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Runs {@code action} on the users, with nobody joining or leaving meanwhile: no device that has left is sent
     * commands. The action must not come back to this object.
     */
    public void with(Consumer<List<DomainUser>> action) {
        lock.with(() -> action.accept(joined.stream().distinct().toList()));
    }

    /** Whether nobody uses it. */
    public boolean isEmpty() {
        lock.lock();
        try {
            return joined.isEmpty();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Checks before a domain is freed.
     *
     * @throws IommuException EBUSY, naming the users
     */
    public void requireNone() {
        List<DomainUser> users = snapshot();
        if (!users.isEmpty()) {
            throw new IommuException(
                    Errno.EBUSY,
                    domainName + " is attached to " + users.size() + " (" + users.get(0)
                            + (users.size() > 1 ? ", ..." : "") + "); detach it first");
        }
    }
}
