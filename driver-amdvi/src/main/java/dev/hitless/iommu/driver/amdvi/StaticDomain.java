package dev.hitless.iommu.driver.amdvi;

import dev.hitless.iommu.api.DomainType;
import dev.hitless.iommu.api.Errno;
import dev.hitless.iommu.api.IommuException;
import dev.hitless.iommu.api.Pasid;

/** A domain without tables, of which there is one: nothing in it changes, so nobody needs to know its users. */
abstract class StaticDomain extends AmdviDomain {
    StaticDomain(AmdviDriver driver, DomainType type, String name) {
        super(driver, type, name);
    }

    @Override
    public String matrixName() {
        return name();
    }

    @Override
    boolean leavesPasids() {
        return true;
    }

    @Override
    void join(AmdviDevice device, Pasid pasid) {
        // See above.
    }

    @Override
    void leave(AmdviDevice device, Pasid pasid) {
        // See above.
    }

    @Override
    public void free() {
        throw new IommuException(Errno.EINVAL, "the " + name() + " domain is static and cannot be freed");
    }

    @Override
    void release() {
        // Nothing is its own.
    }
}
