package dev.hitless.iommu.conformance.subsystem;

import dev.hitless.iommu.api.DomainType;
import dev.hitless.iommu.api.IommuDevice;
import dev.hitless.iommu.api.IommuDomain;
import dev.hitless.iommu.api.IommuDriver;
import dev.hitless.iommu.api.Pasid;

/** A driver's domain as the subsystem over a tap sees it. */
final class TappedDomain implements IommuDomain {
    private final TappedDriver tap;
    private final IommuDomain real;

    TappedDomain(TappedDriver tap, IommuDomain real) {
        this.tap = tap;
        this.real = real;
    }

    IommuDomain real() {
        return real;
    }

    @Override
    public DomainType type() {
        return real.type();
    }

    @Override
    public IommuDriver driver() {
        return tap;
    }

    @Override
    public String name() {
        return real.name();
    }

    @Override
    public String matrixName() {
        return real.matrixName();
    }

    @Override
    public void setDevPasid(IommuDevice device, Pasid pasid, IommuDomain old) {
        tap.set(this, device, pasid, old);
    }

    @Override
    public void free() {
        tap.free(this);
    }

    @Override
    public String toString() {
        return name();
    }
}
