package dev.hitless.iommu.driver.support.domain;

import dev.hitless.iommu.api.DomainType;
import dev.hitless.iommu.api.IommuDevice;
import dev.hitless.iommu.api.IommuDomain;
import dev.hitless.iommu.api.IommuDriver;
import dev.hitless.iommu.api.Pasid;

/** Who a domain is. */
abstract sealed class DriverDomain implements AttachableDomain permits StaticDomain, AllocatedDomain {
    private final DomainOwner owner;
    private final DomainType type;
    private final String name;

    DriverDomain(DomainOwner owner, DomainType type, String name) {
        this.owner = owner;
        this.type = type;
        this.name = name;
    }

    final DomainOwner owner() {
        return owner;
    }

    @Override
    public final DomainType type() {
        return type;
    }

    @Override
    public final IommuDriver driver() {
        return owner.driver();
    }

    @Override
    public final String name() {
        return name;
    }

    @Override
    public final void setDevPasid(IommuDevice device, Pasid pasid, IommuDomain old) {
        owner.replacer().replace(device, pasid, old, this);
    }

    @Override
    public final String toString() {
        return name;
    }
}
