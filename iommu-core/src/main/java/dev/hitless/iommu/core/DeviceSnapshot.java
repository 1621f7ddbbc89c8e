package dev.hitless.iommu.core;

import java.util.List;
import java.util.Objects;

/**
 * A device of a group, for people.
 *
 * @param name the device's name
 * @param maxPasids PASIDs 1..{@code maxPasids - 1} can be used; 0: none
 * @param recovering blocked because of a reset
 * @param deviations what is in force on this device where that is not what the group has attached: while it recovers, and
 *     after a driver failed beyond what could be put right
 */
public record DeviceSnapshot(String name, int maxPasids, boolean recovering, List<AttachmentSnapshot> deviations) {
    public DeviceSnapshot {
        Objects.requireNonNull(name, "name");
        deviations = List.copyOf(Objects.requireNonNull(deviations, "deviations"));
    }
}
