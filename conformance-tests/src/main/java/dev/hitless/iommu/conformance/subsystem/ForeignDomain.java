package dev.hitless.iommu.conformance.subsystem;

import dev.hitless.iommu.api.DomainType;
import dev.hitless.iommu.api.IommuDevice;
import dev.hitless.iommu.api.IommuDomain;
import dev.hitless.iommu.api.IommuDriver;
import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.conformance.schedule.TurnLocks;

/** A domain of another driver instance, which takes any device for its own: who lets it through is not saved by it. */
final class ForeignDomain implements IommuDomain {
    private final IommuDriver driver = new ScriptedDriver(request -> {}, new TurnLocks());

    @Override
    public DomainType type() {
        return DomainType.PAGING;
    }

    @Override
    public IommuDriver driver() {
        return driver;
    }

    @Override
    public String name() {
        return "foreign";
    }

    @Override
    public String matrixName() {
        return name();
    }

    @Override
    public void setDevPasid(IommuDevice device, Pasid pasid, IommuDomain old) {
        // Does nothing to a device that it does not know.
    }

    @Override
    public void free() {
        // Nothing to give back.
    }

    @Override
    public String toString() {
        return name();
    }
}
