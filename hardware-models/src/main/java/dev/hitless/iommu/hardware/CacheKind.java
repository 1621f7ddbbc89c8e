package dev.hitless.iommu.hardware;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A cache that the hardware may have. Identity by value.
 *
 * @param name for people, for example {@code PASID cache}
 * @param role what it holds
 */
public record CacheKind(String name, Role role) {
    /** What a cache holds. */
    public enum Role {
        /** Entries that lead to a page table: context, PASID, STE, CD, DTE, GCR3. */
        CONFIGURATION,
        /** Non-leaf page-table entries. */
        PAGING_STRUCTURE,
        /** Finished translations (IOTLB), leaf entries included. */
        TRANSLATION,
        /** Finished translations inside a device (ATC, device TLB). */
        DEVICE_TRANSLATION
    }

    public CacheKind {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(role, "role");
    }

    /** Written out, since look-ups compare kinds more often than anything else: nearly always the same object. */
    @Override
    public boolean equals(@Nullable Object other) {
        return this == other || (other instanceof CacheKind that && role == that.role && name.equals(that.name));
    }

    @Override
    public int hashCode() {
        return name.hashCode();
    }

    @Override
    public String toString() {
        return name;
    }
}
