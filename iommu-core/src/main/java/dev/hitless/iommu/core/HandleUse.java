package dev.hitless.iommu.core;

import dev.hitless.iommu.api.Errno;
import dev.hitless.iommu.api.IommuDomain;
import org.jspecify.annotations.Nullable;

/** A caller's handle, if there is one, in the course of one attach or replace. */
final class HandleUse {
    private final @Nullable AttachHandle handle;

    private HandleUse(@Nullable AttachHandle handle) {
        this.handle = handle;
    }

    /**
     * Takes a fresh handle.
     *
     * @throws dev.hitless.iommu.api.IommuException EINVAL, and a warning, when it was used before: that caller's fault
     *     path cannot tell its attachments apart
     */
    static HandleUse claim(Request request, @Nullable AttachHandle handle, WarningSink warnings) {
        if (handle != null && !handle.claim()) {
            warnings.warning(request.what() + " (" + request.where() + "): " + handle + " was used before");
            throw request.refuse(
                    Errno.EINVAL, handle + " was used before; give a fresh handle for each attach and replace");
        }
        return new HandleUse(handle);
    }

    /** The drivers are done; the handle is about to be published. */
    void attached(IommuDomain domain) {
        if (handle != null) {
            handle.attached(domain);
        }
    }

    /** The call failed. */
    void giveBack() {
        if (handle != null) {
            handle.giveBack();
        }
    }

    /** {@code old} is published no longer. */
    static void retire(@Nullable Slot old) {
        AttachHandle handle = old == null ? null : old.handle();
        if (handle != null) {
            handle.retire();
        }
    }
}
