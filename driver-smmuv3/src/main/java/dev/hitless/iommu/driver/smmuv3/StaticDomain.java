package dev.hitless.iommu.driver.smmuv3;

import dev.hitless.iommu.api.DomainType;
import dev.hitless.iommu.api.Errno;
import dev.hitless.iommu.api.IommuException;
import dev.hitless.iommu.api.Pasid;

/** A domain without tables, of which there is one: nothing in it changes, so nobody needs to know its users. */
abstract class StaticDomain extends SmmuDomain {
    StaticDomain(Smmuv3Driver driver, DomainType type, String name) {
        super(driver, type, name);
    }

    @Override
    public String matrixName() {
        return name();
    }

    @Override
    TranslationTag tag() {
        return TranslationTag.NOTHING;
    }

    @Override
    void join(Smmuv3Device device, Pasid pasid) {
        // See above.
    }

    @Override
    void leave(Smmuv3Device device, Pasid pasid) {
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
