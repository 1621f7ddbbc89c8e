package dev.hitless.iommu.core;

import dev.hitless.iommu.api.DomainType;
import dev.hitless.iommu.api.Errno;
import dev.hitless.iommu.api.IommuDevice;
import dev.hitless.iommu.api.IommuException;
import dev.hitless.iommu.api.Pasid;

/**
 * Keeps a device off its domains while it is being reset: an invalidation sent to a device in reset would time out. The
 * group's own record keeps the real domains and handles meanwhile, and refuses to change, but for detach.
 */
final class DeviceRecovery {
    private final DeviceRegistry registry;
    private final DomainSwitch domainSwitch;
    private final WarningSink warnings;

    DeviceRecovery(DeviceRegistry registry, DomainSwitch domainSwitch, WarningSink warnings) {
        this.registry = registry;
        this.domainSwitch = domainSwitch;
        this.warnings = warnings;
    }

    void prepare(IommuDevice device) {
        IommuGroup group = registry.groupOf(device);
        if (group == null) {
            String message = "recovery of " + device.name() + ": the device is in no group of this core";
            warnings.warning(message);
            throw new IommuException(Errno.ENODEV, message);
        }
        if (device.description().ats()) {
            group.locked(() -> prepareLocked(group, group.member(device)));
        }
    }

    private void prepareLocked(IommuGroup group, GroupMember member) {
        if (!member.isRecovering() && member.inForce(Pasid.NONE).type() != DomainType.BLOCKED) {
            member.set(group.driver().blockedDomain(), Pasid.NONE);
        }
        if (member.beginRecovery() && member.hasPasids()) {
            for (Pasid pasid : group.attachedPasids().keySet()) {
                domainSwitch.block(member, pasid, "for a reset");
            }
        }
    }

    void done(IommuDevice device) {
        IommuGroup group = registry.groupOf(device);
        if (group == null || !device.description().ats()) {
            return;
        }
        group.locked(() -> doneLocked(group, group.member(device)));
    }

    private void doneLocked(IommuGroup group, GroupMember member) {
        if (!member.isRecovering()) {
            warnings.warning("end of recovery of " + member.device().name() + " without a beginning");
            return;
        }
        if (!member.isLastRecovery()) {
            member.endRecovery();
            return;
        }
        // Requests without PASID first, and the device counts as recovered before its PASIDs come back, so that a
        // driver
        // that asks in between learns the truth.
        domainSwitch.restore(member, Pasid.NONE, group.ridDomain());
        member.endRecovery();
        if (member.hasPasids()) {
            group.attachedPasids().forEach((pasid, slot) -> domainSwitch.restore(member, pasid, slot.domain()));
        }
    }
}
