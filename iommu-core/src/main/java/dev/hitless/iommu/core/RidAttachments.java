package dev.hitless.iommu.core;

import dev.hitless.iommu.api.Errno;
import dev.hitless.iommu.api.IommuDomain;
import dev.hitless.iommu.api.Pasid;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Attach, replace and detach of the domain behind requests without PASID, which the kernel calls the RID path. It shares
 * the table with the PASIDs: its slot is {@link Pasid#NONE}.
 *
 * <p>There is no attach without handle here, so that an empty slot means: on the default domain, or on the blocked one
 * of a group with an owner. Linux, which has both, looks at the domain as well.
 */
final class RidAttachments {
    private final DomainSwitch domainSwitch;
    private final PageRequests pageRequests;
    private final WarningSink warnings;

    RidAttachments(DomainSwitch domainSwitch, PageRequests pageRequests, WarningSink warnings) {
        this.domainSwitch = domainSwitch;
        this.pageRequests = pageRequests;
        this.warnings = warnings;
    }

    void attach(IommuDomain domain, IommuGroup group, @Nullable AttachHandle handle) {
        Request request = request("attach of " + domain.name(), group);
        requireHandle(request, handle);
        group.locked(() -> attachLocked(request, group, new Slot(domain, handle)));
    }

    private void attachLocked(Request request, IommuGroup group, Slot slot) {
        Slot present = group.table().find(Pasid.NONE);
        if (present != null) {
            throw request.refuse(
                    Errno.EBUSY, present.domain().name() + " is attached there; replace it, or detach it first");
        }
        requireCompatible(request, group, slot.domain());
        HandleUse use = HandleUse.claim(request, slot.handle(), warnings);
        group.table().reserve(Pasid.NONE);
        boolean stored = false;
        try {
            setDomain(request, group, slot.domain());
            use.attached(slot.domain());
            group.table().store(Pasid.NONE, slot);
            stored = true;
        } finally {
            if (!stored) {
                group.table().erase(Pasid.NONE);
                use.giveBack();
            }
        }
    }

    void replace(IommuDomain domain, IommuGroup group, @Nullable AttachHandle handle) {
        Request request = request("replace by " + domain.name(), group);
        requireHandle(request, handle);
        Slot old = group.locked(() -> replaceLocked(request, group, new Slot(domain, handle)));
        pageRequests.abandon(old == null ? null : old.handle());
    }

    private @Nullable Slot replaceLocked(Request request, IommuGroup group, Slot slot) {
        requireCompatible(request, group, slot.domain());
        HandleUse use = HandleUse.claim(request, slot.handle(), warnings);
        Slot old = group.table().find(Pasid.NONE);
        if (old == null) {
            group.table().reserve(Pasid.NONE);
        }
        boolean stored = false;
        try {
            setDomain(request, group, slot.domain());
            use.attached(slot.domain());
            group.table().store(Pasid.NONE, slot);
            stored = true;
        } finally {
            if (!stored) {
                use.giveBack();
                if (old == null) {
                    group.table().erase(Pasid.NONE);
                }
            }
        }
        HandleUse.retire(old);
        return old;
    }

    void detach(IommuDomain domain, IommuGroup group) {
        Slot old = group.locked(() -> detachLocked(domain, group));
        pageRequests.abandon(old == null ? null : old.handle());
    }

    private @Nullable Slot detachLocked(IommuDomain domain, IommuGroup group) {
        Slot old = group.table().find(Pasid.NONE);
        if (old == null || !GroupMember.isSame(old.domain(), domain)) {
            warnings.warning("detach of " + domain.name() + " from " + group + ": "
                    + (old == null ? "nothing" : old.domain().name()) + " is attached there; nothing was detached");
            return null;
        }
        returnToCore(group);
        group.table().erase(Pasid.NONE);
        HandleUse.retire(old);
        return old;
    }

    /** Nobody uses requests without PASID any more: the blocked domain if the group has an owner, else the default one. */
    void returnToCore(IommuGroup group) {
        setDomainOrBlock(
                group,
                group.owner() == null ? group.defaultDomain() : group.driver().blockedDomain());
    }

    /** For ownership: nobody but the new owner may do DMA. Rolled back when a device fails. */
    void setDomain(Request request, IommuGroup group, IommuDomain domain) {
        if (GroupMember.isSame(group.ridDomain(), domain)) {
            return;
        }
        PasidAttachments.requireNoRecovery(request, group);
        domainSwitch.setAll(group.members(), Pasid.NONE, domain);
        group.setRidDomain(domain);
    }

    /**
     * A change that must not fail. A recovering device is left blocked; the end of its recovery brings it to the domain
     * set here.
     */
    private void setDomainOrBlock(IommuGroup group, IommuDomain domain) {
        if (GroupMember.isSame(group.ridDomain(), domain)) {
            return;
        }
        domainSwitch.setAllOrBlock(IommuGroup.reachable(group.members()), Pasid.NONE, domain);
        group.setRidDomain(domain);
    }

    private static void requireHandle(Request request, @Nullable AttachHandle handle) {
        if (handle == null) {
            throw request.refuse(Errno.EINVAL, "a handle is needed; give a fresh one");
        }
    }

    private static void requireCompatible(Request request, IommuGroup group, IommuDomain domain) {
        List<GroupMember> members = group.members();
        if (members.isEmpty()) {
            throw request.refuse(Errno.EINVAL, "the group has no device; add one first");
        }
        if (!domain.driver().equals(group.driver())) {
            throw request.refuse(
                    Errno.EINVAL,
                    "the domain was made by another driver instance than the group's; use one of the group's own");
        }
        if (!group.driver().capabilities().withoutPasid().contains(domain.type())) {
            throw request.refuse(
                    Errno.EOPNOTSUPP,
                    "the driver cannot put a domain of type " + domain.type() + " behind requests without PASID, only "
                            + group.driver().capabilities().withoutPasid());
        }
    }

    static Request request(String what, IommuGroup group) {
        return new Request(what, group.toString());
    }
}
