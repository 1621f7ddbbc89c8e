package dev.hitless.iommu.core;

import org.jspecify.annotations.Nullable;

/**
 * Who may do DMA with a group, for people.
 *
 * @param owner the only one who may; null: whoever uses the default domain
 * @param users how often the owner claimed it, or how many use the default domain
 */
public record OwnershipSnapshot(@Nullable String owner, int users) {
    static OwnershipSnapshot of(@Nullable Object owner, int users) {
        return new OwnershipSnapshot(owner == null ? null : owner.toString(), users);
    }
}
