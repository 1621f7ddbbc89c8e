package dev.hitless.iommu.core;

import dev.hitless.iommu.api.DomainType;
import dev.hitless.iommu.api.IommuDomain;
import dev.hitless.iommu.api.Pasid;
import java.util.ArrayList;
import java.util.List;

/** Puts a domain behind one PASID of several devices, in list order, one driver call each. Under the group's mutex. */
final class DomainSwitch {
    private final WarningSink warnings;

    DomainSwitch(WarningSink warnings) {
        this.warnings = warnings;
    }

    /**
     * All or none. When a device fails, it is not called again, later ones are not called at all, and earlier ones go
     * back to what they had; also when the driver fails with an error of the virtual machine's (a plugin may miss a
     * class), since the group may not stay divided.
     *
     * @throws RuntimeException the failing driver's own
     */
    void setAll(List<GroupMember> members, Pasid pasid, IommuDomain target) {
        List<IommuDomain> before = new ArrayList<>(members.size());
        for (GroupMember member : members) {
            IommuDomain old = member.inForce(pasid);
            try {
                member.set(target, pasid);
            } catch (RuntimeException | Error failure) {
                undo(members.subList(0, before.size()), pasid, target, before);
                throw failure;
            }
            before.add(old);
        }
    }

    private void undo(List<GroupMember> members, Pasid pasid, IommuDomain failed, List<IommuDomain> before) {
        for (int i = 0; i < members.size(); i++) {
            GroupMember member = members.get(i);
            IommuDomain old = before.get(i);
            if (old.type() == DomainType.BLOCKED) {
                block(member, pasid, "after " + failed.name() + " failed on another device of the group");
                continue;
            }
            try {
                member.set(old, pasid);
            } catch (RuntimeException failure) {
                warnings.warning("driver bug: " + place(member, pasid) + " could not go back from " + failed.name()
                        + " to " + old.name() + ", which worked before: " + failure.getMessage()
                        + "; it is blocked now until it is replaced again or detached");
                block(member, pasid, "after the roll-back failed");
            }
        }
    }

    /** Every device, whatever happens: one that fails is parked on the blocked domain, so that {@code target} alone may live on. */
    void setAllOrBlock(List<GroupMember> members, Pasid pasid, IommuDomain target) {
        for (GroupMember member : members) {
            try {
                member.set(target, pasid);
            } catch (RuntimeException failure) {
                warnings.warning("driver bug: " + place(member, pasid) + " could not be set to " + target.name() + ": "
                        + failure.getMessage() + "; it is blocked now");
                if (target.type() != DomainType.BLOCKED) {
                    block(member, pasid, "after a change that must not fail");
                }
            }
        }
    }

    /** Blocks one PASID of one device. Never fails; the most that can be done about a driver that fails here is to say so. */
    void block(GroupMember member, Pasid pasid, String occasion) {
        try {
            member.set(member.device().driver().blockedDomain(), pasid);
        } catch (RuntimeException failure) {
            warnings.warning("driver bug: " + place(member, pasid) + " could not be blocked " + occasion + ": "
                    + failure.getMessage());
        }
    }

    /** Brings back what was taken off for a reset. A device that cannot take it stays blocked, with a warning. */
    void restore(GroupMember member, Pasid pasid, IommuDomain domain) {
        if (domain.type() == DomainType.BLOCKED) {
            return;
        }
        try {
            member.set(domain, pasid);
        } catch (RuntimeException failure) {
            warnings.warning("driver bug: " + place(member, pasid) + " could not go back to " + domain.name()
                    + " after a reset: " + failure.getMessage()
                    + "; it stays blocked until it is replaced or detached");
        }
    }

    private static String place(GroupMember member, Pasid pasid) {
        return member.device().name() + ", " + pasid;
    }
}
