package dev.hitless.iommu.driver.smmuv3;

import dev.hitless.iommu.api.DomainType;
import dev.hitless.iommu.api.Errno;
import dev.hitless.iommu.api.IommuDevice;
import dev.hitless.iommu.api.IommuDomain;
import dev.hitless.iommu.api.IommuDriver;
import dev.hitless.iommu.api.IommuException;
import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.driver.support.track.DomainUsers;
import dev.hitless.iommu.driver.support.update.EntryContent;

/** What all domains of this driver have in common. */
abstract class SmmuDomain implements IommuDomain {
    private final Smmuv3Driver driver;
    private final DomainType type;
    private final String name;
    private final DomainUsers users;
    private volatile boolean freed;

    SmmuDomain(Smmuv3Driver driver, DomainType type, String name) {
        this.driver = driver;
        this.type = type;
        this.name = name;
        this.users = new DomainUsers(name, driver.unit().newLock("domain-users", name));
    }

    /** Whether it stands behind a context descriptor: stage 1. Only such domains go with PASIDs. */
    boolean usesContextDescriptor() {
        return false;
    }

    /** Its context descriptor; not valid for domains that have none. */
    EntryContent contextDescriptor() {
        return ContextDescriptor.NONE;
    }

    /** Whether stage 2 is on for a device on it; there is no room for PASIDs of the host beside that. */
    boolean usesStage2() {
        return false;
    }

    /** The stream table entry of {@code device} while this domain is behind its requests without PASID. */
    abstract EntryContent streamTableEntry(Smmuv3Device device);

    /** How its translations are tagged. */
    abstract TranslationTag tag();

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

    /** The unit that it is for. */
    final SmmuUnit unit() {
        return driver.unit();
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
    void join(Smmuv3Device device, Pasid pasid) {
        users.join(device, pasid);
        if (freed) {
            users.leave(device, pasid);
            throw wasFreed();
        }
    }

    /** Takes {@code pasid} off, after hardware has forgotten the domain. */
    void leave(Smmuv3Device device, Pasid pasid) {
        users.leave(device, pasid);
    }

    /** Users now. */
    final DomainUsers users() {
        return users;
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
