package dev.hitless.iommu.core;

import dev.hitless.iommu.api.DeviceDescription;
import dev.hitless.iommu.api.Errno;
import dev.hitless.iommu.api.IommuDevice;
import dev.hitless.iommu.api.Pasid;

/** Devices come and go. */
final class GroupDevices {
    private final DeviceRegistry registry;
    private final DomainSwitch domainSwitch;
    private final PageRequests pageRequests;

    GroupDevices(DeviceRegistry registry, DomainSwitch domainSwitch, PageRequests pageRequests) {
        this.registry = registry;
        this.domainSwitch = domainSwitch;
        this.pageRequests = pageRequests;
    }

    IommuDevice add(IommuGroup group, DeviceDescription description) {
        Request request = new Request("addition of device " + description.name(), group.toString());
        return group.locked(() -> {
            PasidAttachments.requireNoRecovery(request, group);
            if (!group.attachedPasids().isEmpty()) {
                throw request.refuse(
                        Errno.EBUSY,
                        "the device would not have what the group has attached: "
                                + group.attachedPasids().keySet() + "; detach first");
            }
            IommuDevice device = group.driver().probe(description);
            GroupMember member = new GroupMember(device);
            if (!GroupMember.isSame(group.ridDomain(), member.inForce(Pasid.NONE))) {
                takeOn(group, member);
            }
            group.add(member);
            registry.add(device, group);
            return device;
        });
    }

    private static void takeOn(IommuGroup group, GroupMember member) {
        boolean set = false;
        try {
            member.set(group.ridDomain(), Pasid.NONE);
            set = true;
        } finally {
            if (!set) {
                group.driver().release(member.device());
            }
        }
    }

    void remove(IommuDevice device) {
        Request request = new Request("removal of device", device.name());
        IommuGroup group = registry.groupOf(device);
        if (group == null) {
            throw request.refuse(Errno.ENODEV, "it is in no group of this core");
        }
        group.locked(() -> {
            GroupMember member = group.member(device);
            if (member.hasPasids() && !group.attachedPasids().isEmpty()) {
                throw request.refuse(
                        Errno.EBUSY,
                        "attached to " + group + ": " + group.attachedPasids().keySet() + "; detach first");
            }
            if (!member.isRecovering()) {
                domainSwitch.block(member, Pasid.NONE, "before its removal");
            }
            pageRequests.abandon(device);
            group.driver().release(device);
            pageRequests.forget(device);
            group.remove(member);
            registry.remove(device);
        });
    }
}
