package dev.hitless.iommu.driver.support.domain;

import dev.hitless.iommu.api.DomainType;
import dev.hitless.iommu.api.Errno;
import dev.hitless.iommu.api.IommuDevice;
import dev.hitless.iommu.api.IommuException;
import dev.hitless.iommu.api.Pasid;

/** A domain without tables, of which there is one: nothing in it changes, so nobody needs to know its users. */
public abstract non-sealed class StaticDomain extends DriverDomain {
    /** @param name for example {@code blocked}; names its row of the replacement matrix too */
    protected StaticDomain(DomainOwner owner, DomainType type, String name) {
        super(owner, type, name);
    }

    @Override
    public final String matrixName() {
        return name();
    }

    @Override
    public final void join(IommuDevice device, Pasid pasid) {
        // See above.
    }

    @Override
    public final void leave(IommuDevice device, Pasid pasid) {
        // See above.
    }

    @Override
    public final void requireNotFreed() {
        // It never is.
    }

    @Override
    public final void free() {
        throw new IommuException(Errno.EINVAL, "the " + name() + " domain is static and cannot be freed");
    }
}
