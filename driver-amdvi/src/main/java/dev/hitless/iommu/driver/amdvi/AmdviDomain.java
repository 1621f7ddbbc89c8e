package dev.hitless.iommu.driver.amdvi;

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
abstract class AmdviDomain implements IommuDomain {
    private final AmdviDriver driver;
    private final DomainType type;
    private final String name;
    private final DomainUsers users;
    private volatile boolean freed;

    AmdviDomain(AmdviDriver driver, DomainType type, String name) {
        this.driver = driver;
        this.type = type;
        this.name = name;
        this.users = new DomainUsers(name, driver.unit().platform().locks().create("amdvi.domain-users", name));
    }

    /** The device-table entry that puts this domain behind requests without PASID. */
    abstract DeviceTableEntry deviceTableEntry(AmdviDevice device);

    /** The GCR3 entry that puts this domain behind a PASID, or behind PASID 0; not valid if it has none. */
    long gcr3Entry() {
        return Gcr3Table.NOT_VALID;
    }

    /** Whether it can be behind a PASID: blocked, or made of v2 tables. */
    abstract boolean fitsPasid();

    /** Whether it can be behind requests without PASID. */
    boolean fitsRequestsWithoutPasid() {
        return true;
    }

    /** Whether PASIDs of the device can be in use beside it, when it is behind requests without PASID. */
    abstract boolean leavesPasids();

    /** How translations are tagged that are made for this user. */
    abstract List<TranslationTag> tags(AmdviDevice device, Pasid pasid);

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
    void join(AmdviDevice device, Pasid pasid) {
        users.join(device, pasid);
        if (freed) {
            users.leave(device, pasid);
            throw wasFreed();
        }
    }

    /** Takes {@code pasid} off, after hardware has forgotten the domain. */
    void leave(AmdviDevice device, Pasid pasid) {
        users.leave(device, pasid);
    }

    /** Users now. */
    final DomainUsers users() {
        return users;
    }

    /** Tags under which translations of this domain are cached for {@code users}. */
    final List<TranslationTag> tags(List<DomainUser> users) {
        return users.stream()
                .flatMap(user -> tags((AmdviDevice) user.device(), user.pasid()).stream())
                .distinct()
                .toList();
    }

    /** Makes IOMMU and devices forget these pages of all users. */
    final void invalidate(List<PageSpan> pages) {
        Invalidations invalidations = driver.unit().invalidations();
        users.with(now -> {
            if (!now.isEmpty()) {
                invalidations.pages(tags(now), pages);
                invalidations.devices(now, pages);
            }
        });
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
