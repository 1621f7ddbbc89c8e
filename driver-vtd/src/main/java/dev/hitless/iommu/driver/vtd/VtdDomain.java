package dev.hitless.iommu.driver.vtd;

import dev.hitless.iommu.api.DomainType;
import dev.hitless.iommu.api.Errno;
import dev.hitless.iommu.api.IommuDevice;
import dev.hitless.iommu.api.IommuDomain;
import dev.hitless.iommu.api.IommuDriver;
import dev.hitless.iommu.api.IommuException;
import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.driver.support.track.DomainUser;
import dev.hitless.iommu.driver.support.track.DomainUsers;
import java.util.List;

/** What all domains of this driver have in common. */
abstract class VtdDomain implements IommuDomain {
    private final VtdDriver driver;
    private final DomainType type;
    private final String name;
    private final DomainUsers users;
    private volatile boolean freed;

    VtdDomain(VtdDriver driver, DomainType type, String name) {
        this.driver = driver;
        this.type = type;
        this.name = name;
        this.users = new DomainUsers(name, driver.unit().platform().locks().create("vtd.domain-users", name));
    }

    /** The entry that puts this domain behind a PASID; the same for all PASIDs. */
    abstract PasidEntry entry();

    /** How the translations made for {@code pasid} are tagged. */
    abstract TranslationTag tag(Pasid pasid);

    /** Gives tables and ids back. Nobody uses the domain, and nobody can any more. */
    abstract void release();

    @Override
    public final DomainType type() {
        return type;
    }

    @Override
    public final IommuDriver driver() {
        return driver;
    }

    @Override
    public final String name() {
        return name;
    }

    @Override
    public final void setDevPasid(IommuDevice device, Pasid pasid, IommuDomain old) {
        driver.replacement().replace(device, pasid, old, this);
    }

    /**
     * Makes {@code pasid} a user, before hardware hears of the domain: from now on an unmap is invalidated for it too.
     *
     * @throws IommuException EINVAL if the domain was freed
     */
    void join(VtdDevice device, Pasid pasid) {
        users.join(device, pasid);
        if (freed) {
            users.leave(device, pasid);
            throw wasFreed();
        }
    }

    /** Takes {@code pasid} off, after hardware has forgotten the domain. */
    void leave(VtdDevice device, Pasid pasid) {
        users.leave(device, pasid);
    }

    /** Users now. */
    final DomainUsers users() {
        return users;
    }

    /** Tags under which translations of this domain are cached for {@code users}. */
    final List<TranslationTag> tags(List<DomainUser> users) {
        return users.stream().map(user -> tag(user.pasid())).distinct().toList();
    }

    /** Throws EINVAL if the domain was freed. */
    final void requireNotFreed() {
        if (freed) {
            throw wasFreed();
        }
    }

    /** Checks beyond users before the domain is freed. Throws EBUSY. */
    void requireNoDependents() {}

    @Override
    public void free() {
        requireNotFreed();
        // First closed, then looked at, as a user first joins and then looks.
        freed = true;
        try {
            users.requireNone();
            requireNoDependents();
        } catch (IommuException e) {
            freed = false;
            throw e;
        }
        driver.forget(this);
        release();
    }

    private IommuException wasFreed() {
        return new IommuException(Errno.EINVAL, "domain " + name + " was freed; allocate another one");
    }

    @Override
    public final String toString() {
        return name;
    }
}
