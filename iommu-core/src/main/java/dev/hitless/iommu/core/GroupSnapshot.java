package dev.hitless.iommu.core;

import java.util.List;
import java.util.Objects;

/**
 * A group at one moment, for people.
 *
 * @param name the group's name
 * @param devices its devices, in the order in which drivers are called for them
 * @param withoutPasid what is behind requests without PASID
 * @param pasids what is attached to PASIDs, by PASID
 * @param ownership who may do DMA with it
 */
public record GroupSnapshot(
        String name,
        List<DeviceSnapshot> devices,
        AttachmentSnapshot withoutPasid,
        List<AttachmentSnapshot> pasids,
        OwnershipSnapshot ownership) {
    public GroupSnapshot {
        Objects.requireNonNull(name, "name");
        devices = List.copyOf(Objects.requireNonNull(devices, "devices"));
        Objects.requireNonNull(withoutPasid, "withoutPasid");
        Objects.requireNonNull(ownership, "ownership");
        pasids = List.copyOf(Objects.requireNonNull(pasids, "pasids"));
    }
}
