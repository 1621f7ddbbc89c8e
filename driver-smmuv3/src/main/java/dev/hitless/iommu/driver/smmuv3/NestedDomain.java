package dev.hitless.iommu.driver.smmuv3;

import dev.hitless.iommu.api.DomainType;
import dev.hitless.iommu.api.IommuException;
import dev.hitless.iommu.api.NestedConfig;
import dev.hitless.iommu.driver.support.domain.AllocatedDomain;
import dev.hitless.iommu.driver.support.memory.AddressSpan;
import dev.hitless.iommu.driver.support.update.EntryContent;
import java.util.List;

/**
 * A guest's stage 1, context descriptors included, on the stage 2 of a parent. It has a VMID of its own, not the parent's:
 * the ASIDs below are the guest's choice, and two guests' must not meet.
 */
final class NestedDomain extends AllocatedDomain implements SmmuDomain {
    private final SmmuUnit unit;
    private final StageTwoDomain parent;
    private final GuestContextTable guest;
    private final int vmid;

    /** Throws EINVAL (configuration, freed parent), ENOSPC. */
    NestedDomain(Smmuv3Driver driver, String name, StageTwoDomain parent, NestedConfig config) {
        super(driver.domainOwner(), DomainType.NESTED, name);
        this.unit = driver.unit();
        this.parent = parent;
        this.guest =
                GuestContextTable.of(config, unit.hardware(), parent.format().inputAddressBits());
        parent.children().add(this);
        try {
            this.vmid = unit.vmids().allocate();
        } catch (IommuException e) {
            parent.children().remove(this);
            throw e;
        }
    }

    @Override
    public String matrixName() {
        return "nested";
    }

    @Override
    public boolean usesStage2() {
        return true;
    }

    @Override
    public EntryContent streamTableEntry(Smmuv3Device device) {
        return unit.entries().nested(guest, parent.taggedWith(vmid), device.usesAts());
    }

    @Override
    public TranslationTag tag() {
        return TranslationTag.vmid(vmid);
    }

    /**
     * The parent's table changed: which guest addresses that concerns is unknown, so everything goes; the context
     * descriptors too, which were read through it.
     */
    void parentChanged() {
        users().with(users -> {
            if (users.isEmpty()) {
                return;
            }
            users.forEach(user -> unit.invalidations()
                    .contextDescriptors(user.device().description().requesterIds()));
            unit.invalidations().translations(tag());
            unit.invalidations().devices(users, List.of(AddressSpan.EVERYTHING));
        });
    }

    @Override
    protected void release() {
        unit.vmids().free(vmid);
        parent.children().remove(this);
    }
}
