package dev.hitless.iommu.core;

import dev.hitless.iommu.api.DomainType;
import dev.hitless.iommu.api.Errno;
import dev.hitless.iommu.api.IommuDevice;
import dev.hitless.iommu.api.IommuDomain;
import dev.hitless.iommu.api.Pasid;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Attach, replace and detach of the domain behind a PASID. The numbers at the checks are those of the table in the
 * Javadoc of {@link IommuCore}; their order is part of the contract.
 */
final class PasidAttachments {
    private final DeviceRegistry registry;
    private final DomainSwitch domainSwitch;
    private final PageRequests pageRequests;
    private final WarningSink warnings;

    PasidAttachments(
            DeviceRegistry registry, DomainSwitch domainSwitch, PageRequests pageRequests, WarningSink warnings) {
        this.registry = registry;
        this.domainSwitch = domainSwitch;
        this.pageRequests = pageRequests;
        this.warnings = warnings;
    }

    void attach(IommuDomain domain, IommuDevice device, Pasid pasid, @Nullable AttachHandle handle) {
        Request request = request("attach of " + domain.name(), device, pasid);
        IommuGroup group = requireGroup(request, device); // 1
        requireKind(request, domain); // 2
        if (!device.driver().capabilities().onPasid().contains(DomainType.BLOCKED)) { // 2
            throw request.refuse(
                    Errno.EOPNOTSUPP,
                    "the driver cannot put its blocked domain behind a PASID, so nothing attached could be detached");
        }
        requireCompatible(request, domain, device, pasid); // 3
        group.locked(() -> attachLocked(request, group, new Slot(domain, handle), pasid));
    }

    private void attachLocked(Request request, IommuGroup group, Slot slot, Pasid pasid) {
        requireNoRecovery(request, group); // 4
        List<GroupMember> members = group.pasidMembers();
        requireRange(request, group, members, pasid); // 5
        Slot present = group.table().find(pasid);
        if (present != null) { // 6
            throw request.refuse(
                    Errno.EBUSY, present.domain().name() + " is attached there; replace it, or detach it first");
        }
        HandleUse use = HandleUse.claim(request, slot.handle(), warnings);
        group.table().reserve(pasid);
        boolean stored = false;
        try {
            domainSwitch.setAll(members, pasid, slot.domain()); // 8
            use.attached(slot.domain());
            group.table().store(pasid, slot);
            stored = true;
        } finally {
            if (!stored) {
                group.table().erase(pasid);
                use.giveBack();
            }
        }
    }

    void replace(IommuDomain domain, IommuDevice device, Pasid pasid, @Nullable AttachHandle handle) {
        Request request = request("replace by " + domain.name(), device, pasid);
        IommuGroup group = requireGroup(request, device); // 1
        requireKind(request, domain); // 2
        requireCompatible(request, domain, device, pasid); // 3
        if (handle == null) { // 3
            throw request.refuse(Errno.EINVAL, "a replacement needs a handle; give a fresh one");
        }
        Slot old = group.locked(() -> replaceLocked(request, group, new Slot(domain, handle), pasid));
        pageRequests.abandon(old.handle());
    }

    private Slot replaceLocked(Request request, IommuGroup group, Slot slot, Pasid pasid) {
        requireNoRecovery(request, group); // 4
        Slot old = group.table().find(pasid);
        if (old == null) { // 6
            throw request.refuse(Errno.EINVAL, "nothing is attached there; attach instead");
        }
        HandleUse use = HandleUse.claim(request, slot.handle(), warnings); // 7
        boolean stored = false;
        try {
            if (!GroupMember.isSame(slot.domain(), old.domain())) { // 8
                domainSwitch.setAll(group.pasidMembers(), pasid, slot.domain()); // 9
            }
            use.attached(slot.domain());
            group.table().store(pasid, slot);
            stored = true;
        } finally {
            if (!stored) {
                use.giveBack();
            }
        }
        HandleUse.retire(old);
        return old;
    }

    void detach(IommuDomain domain, IommuDevice device, Pasid pasid) {
        IommuGroup group = registry.groupOf(device);
        String what = "detach of " + domain.name() + " from " + device.name() + ", " + pasid;
        if (group == null || pasid.isNone()) {
            warnings.warning(what + ": " + (group == null ? "the device is in no group" : "not a PASID")
                    + "; nothing was detached");
            return;
        }
        Slot old = group.locked(() -> detachLocked(what, group, domain, pasid));
        if (old != null) {
            pageRequests.abandon(old.handle());
        }
    }

    private @Nullable Slot detachLocked(String what, IommuGroup group, IommuDomain domain, Pasid pasid) {
        Slot old = group.table().find(pasid);
        if (old == null || !GroupMember.isSame(old.domain(), domain)) {
            warnings.warning(what + ": "
                    + (old == null ? "nothing" : old.domain().name()) + " is attached there; nothing was detached");
            return null;
        }
        for (GroupMember member : IommuGroup.reachable(group.pasidMembers())) {
            domainSwitch.block(member, pasid, "in a detach");
        }
        group.table().erase(pasid);
        HandleUse.retire(old);
        return old;
    }

    private IommuGroup requireGroup(Request request, IommuDevice device) {
        IommuGroup group = registry.groupOf(device);
        if (group == null) {
            throw request.refuse(Errno.ENODEV, "the device is in no group of this core; add it to one first");
        }
        return group;
    }

    private static void requireKind(Request request, IommuDomain domain) {
        if (!domain.driver().capabilities().onPasid().contains(domain.type())) {
            throw request.refuse(
                    Errno.EOPNOTSUPP,
                    "its driver cannot put a domain of type " + domain.type() + " behind a PASID, only "
                            + domain.driver().capabilities().onPasid());
        }
    }

    private static void requireCompatible(Request request, IommuDomain domain, IommuDevice device, Pasid pasid) {
        if (!domain.driver().equals(device.driver())) {
            throw request.refuse(
                    Errno.EINVAL,
                    "the domain was made by another driver instance than the device's; use one of the device's own");
        }
        if (pasid.isNone()) {
            throw request.refuse(
                    Errno.EINVAL, "this is for PASIDs 1 and up; without PASID use the operations on groups");
        }
    }

    static void requireNoRecovery(Request request, IommuGroup group) {
        if (group.isRecovering()) {
            throw request.refuse(
                    Errno.EBUSY, "a device of " + group + " is being reset; try again when its recovery is done");
        }
    }

    private static void requireRange(Request request, IommuGroup group, List<GroupMember> members, Pasid pasid) {
        if (members.isEmpty()) {
            throw request.refuse(Errno.EOPNOTSUPP, "no device of " + group + " can send requests with PASID");
        }
        for (GroupMember member : members) {
            int maxPasids = member.device().maxPasids();
            if (pasid.value() >= maxPasids) {
                throw request.refuse(
                        Errno.EINVAL,
                        "device " + member.device().name() + " of " + group + " can use PASIDs 1..0x"
                                + Integer.toHexString(maxPasids - 1) + " only");
            }
        }
    }

    private static Request request(String what, IommuDevice device, Pasid pasid) {
        return new Request(what, device.name() + ", " + pasid);
    }
}
