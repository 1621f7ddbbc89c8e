package dev.hitless.iommu.core;

/**
 * A device of a group, for people.
 *
 * @param name the device's name
 * @param maxPasids PASIDs 1..{@code maxPasids - 1} can be used; 0: none
 * @param recovering blocked because of a reset
 */
public record DeviceSnapshot(String name, int maxPasids, boolean recovering) {}
