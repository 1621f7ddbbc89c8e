package dev.hitless.iommu.driver.support.domain;

import dev.hitless.iommu.api.DomainType;
import dev.hitless.iommu.api.Errno;
import dev.hitless.iommu.api.IommuDevice;
import dev.hitless.iommu.api.IommuException;
import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.driver.support.track.DomainUsers;
import java.util.concurrent.atomic.AtomicBoolean;

/** A domain that was allocated and can be freed, with tables or ids of its own, and with users. */
public abstract non-sealed class AllocatedDomain extends DriverDomain {
    private final DomainUsers users;
    private final AtomicBoolean freed = new AtomicBoolean();

    /** @param name given by {@link DomainRegistry#add} */
    protected AllocatedDomain(DomainOwner owner, DomainType type, String name) {
        super(owner, type, name);
        this.users = new DomainUsers(name, owner.locks().create("domain-users", name));
    }

    /** Gives tables and ids back. Nobody uses the domain, and nobody can any more. */
    protected abstract void release();

    /**
     * Checks beyond users, and what hardware has to be made to forget, before the domain is freed. Throws EBUSY, or what
     * hardware failed with; the domain stays then, and can be freed again. Not called when hardware is off.
     */
    protected void requireNoDependents() {}

    /** Who uses it. */
    public final DomainUsers users() {
        return users;
    }

    @Override
    public final void join(IommuDevice device, Pasid pasid) {
        users.join(device, pasid);
        if (freed.get()) {
            users.leave(device, pasid);
            throw wasFreed();
        }
    }

    @Override
    public final void leave(IommuDevice device, Pasid pasid) {
        users.leave(device, pasid);
    }

    @Override
    public final void requireNotFreed() {
        if (freed.get()) {
            throw wasFreed();
        }
    }

    @Override
    public final void free() {
        // First closed, by one of all who try, then looked at, as a user first joins and then looks.
        if (!freed.compareAndSet(false, true)) {
            throw wasFreed();
        }
        try {
            // Where hardware failed half-way it may remember the domain, and the domain its user; once more, then.
            users.snapshot().forEach(user -> owner().replacer().settle(user.device(), user.pasid()));
            users.requireNone();
            requireNoDependents();
        } catch (IommuException e) {
            freed.set(false);
            throw e;
        }
        owner().registry().remove(this);
        release();
    }

    private IommuException wasFreed() {
        return new IommuException(Errno.EINVAL, "domain " + name() + " was freed; allocate another one");
    }
}
