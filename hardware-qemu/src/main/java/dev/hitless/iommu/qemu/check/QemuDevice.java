package dev.hitless.iommu.qemu.check;

import dev.hitless.iommu.api.DomainType;
import dev.hitless.iommu.api.IommuDevice;
import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.conformance.observe.Stream;
import dev.hitless.iommu.hardware.DmaRequest;
import dev.hitless.iommu.qemu.board.EduDevice;

/** An {@code edu} device that the driver has probed, and what is meant to be attached to it. */
final class QemuDevice {
    private final EduDevice edu;
    private final IommuDevice device;
    private final Pasid pasid;
    private TestDomain attached;
    private boolean hadIdentity;

    /** @param pasid what its requests are looked up under */
    QemuDevice(EduDevice edu, IommuDevice device, Pasid pasid, TestDomain blocked) {
        this.edu = edu;
        this.device = device;
        this.pasid = pasid;
        this.attached = blocked;
    }

    EduDevice edu() {
        return edu;
    }

    IommuDevice device() {
        return device;
    }

    Pasid pasid() {
        return pasid;
    }

    TestDomain attached() {
        return attached;
    }

    void attach(TestDomain domain) {
        attached = domain;
        hadIdentity |= domain.kind().type() == DomainType.IDENTITY;
    }

    /** Whether an identity domain was ever attached. */
    boolean hadIdentity() {
        return hadIdentity;
    }

    /** How the model knows its requests. */
    Stream stream() {
        return new Stream(
                device.name(),
                device.description().primaryRequesterId(),
                pasid.isNone() ? DmaRequest.NO_PASID : pasid.value());
    }

    @Override
    public String toString() {
        return device.name();
    }
}
