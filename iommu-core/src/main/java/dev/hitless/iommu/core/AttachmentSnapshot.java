package dev.hitless.iommu.core;

import dev.hitless.iommu.api.DomainType;
import dev.hitless.iommu.api.Pasid;
import org.jspecify.annotations.Nullable;

/**
 * One attachment of a group, for people.
 *
 * @param pasid {@link Pasid#NONE}: requests without PASID
 * @param domain the domain's name
 * @param type its kind
 * @param handle the handle's name; null without handle
 */
public record AttachmentSnapshot(
        Pasid pasid,
        String domain,
        DomainType type,
        @Nullable String handle) {
    static AttachmentSnapshot of(Pasid pasid, Slot slot) {
        AttachHandle handle = slot.handle();
        return new AttachmentSnapshot(
                pasid, slot.domain().name(), slot.domain().type(), handle == null ? null : handle.name());
    }
}
