package dev.hitless.iommu.core;

import dev.hitless.iommu.api.Errno;

/**
 * Who may do DMA with a group: the users of its default domain together, or one owner alone. Both are counted. An
 * attachment to a PASID keeps both away, and neither may be given up under an attachment.
 */
final class Ownership {
    private final RidAttachments rid;
    private final WarningSink warnings;

    Ownership(RidAttachments rid, WarningSink warnings) {
        this.rid = rid;
        this.warnings = warnings;
    }

    void claim(IommuGroup group, Object owner) {
        Request request = RidAttachments.request("claim by " + owner, group);
        group.locked(() -> {
            if (group.users() > 0) {
                if (!owner.equals(group.owner())) {
                    throw request.refuse(
                            Errno.EBUSY,
                            (group.owner() == null ? "its default domain is in use" : group.owner() + " owns it")
                                    + "; it must be released first");
                }
                group.addUser(owner);
                return;
            }
            requireIdle(request, group);
            rid.setDomain(request, group, group.driver().blockedDomain());
            group.addUser(owner);
        });
    }

    void release(IommuGroup group) {
        group.locked(() -> {
            if (group.owner() == null) {
                warnings.warning("release of " + group + ": it has no owner; nothing was released");
            } else if (mayRelease(group) && group.removeUser()) {
                rid.returnToCore(group);
            }
        });
    }

    void useDefaultDomain(IommuGroup group) {
        Request request = RidAttachments.request("use of the default domain", group);
        group.locked(() -> {
            if (group.owner() != null) {
                throw request.refuse(Errno.EBUSY, group.owner() + " owns the group; it must release it first");
            }
            if (group.users() > 0) {
                requireIdle(request, group);
            }
            group.addUser(null);
        });
    }

    void unuseDefaultDomain(IommuGroup group) {
        group.locked(() -> {
            if (group.owner() != null || group.users() == 0) {
                warnings.warning(
                        "end of use of the default domain of " + group + ": it was not in use; nothing was changed");
            } else if (mayRelease(group)) {
                group.removeUser();
            }
        });
    }

    private static void requireIdle(Request request, IommuGroup group) {
        if (!group.table().isEmpty()) {
            throw request.refuse(
                    Errno.EBUSY, "attached there: " + group.table().filled().keySet() + "; detach first");
        }
    }

    private boolean mayRelease(IommuGroup group) {
        if (group.table().isEmpty()) {
            return true;
        }
        warnings.warning("release of " + group + " while attached there: "
                + group.table().filled().keySet() + "; detach first; nothing was released");
        return false;
    }
}
