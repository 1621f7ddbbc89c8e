package dev.hitless.iommu.core;

import dev.hitless.iommu.api.AddressSpace;
import dev.hitless.iommu.api.IommuDevice;
import dev.hitless.iommu.api.IommuDomain;
import dev.hitless.iommu.api.Pasid;

/** A device that shares an address space. Made by {@link IommuCore#bindSva}, one for each group and address space. */
public final class SvaBond {
    private final AddressSpace addressSpace;
    private final IommuDevice device;
    private final Pasid pasid;
    private final AttachHandle handle;
    private final IommuDomain domain;
    private int references = 1;

    SvaBond(AddressSpace addressSpace, IommuDevice device, Pasid pasid, AttachHandle handle, IommuDomain domain) {
        this.addressSpace = addressSpace;
        this.device = device;
        this.pasid = pasid;
        this.handle = handle;
        this.domain = domain;
    }

    /** What is shared. */
    public AddressSpace addressSpace() {
        return addressSpace;
    }

    /** The device that was bound first. */
    public IommuDevice device() {
        return device;
    }

    /** The PASID to send requests with. */
    public Pasid pasid() {
        return pasid;
    }

    AttachHandle handle() {
        return handle;
    }

    IommuDomain domain() {
        return domain;
    }

    void addReference() {
        references++;
    }

    /** One reference less; true when that was the last. */
    boolean dropReference() {
        return --references == 0;
    }
}
