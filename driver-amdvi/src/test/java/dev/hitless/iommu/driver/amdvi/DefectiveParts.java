package dev.hitless.iommu.driver.amdvi;

import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.api.platform.Platform;
import dev.hitless.iommu.driver.support.memory.AddressSpan;
import dev.hitless.iommu.driver.support.queue.CommandRing;
import dev.hitless.iommu.driver.support.track.DomainUser;
import java.util.List;
import java.util.function.UnaryOperator;

/** Parts of the unit with one defect each. */
final class DefectiveParts {
    private DefectiveParts() {}

    /** A command buffer that goes on without waiting. */
    static UnitParts notWaiting() {
        return new UnitParts() {
            @Override
            CommandBuffer commands(Platform platform, ControlRegister control) {
                return new CommandBuffer(platform, control) {
                    @Override
                    void carryOut(CommandRing ring, List<long[]> submission) {
                        ring.submit(submission);
                    }
                };
            }
        };
    }

    private interface InvalidationsMaker {
        Invalidations make(CommandBuffer commands, HardwareCapabilities hardware);
    }

    /** Invalidations of which one kind is missing or wrong. */
    private static UnitParts invalidating(InvalidationsMaker maker) {
        return new UnitParts() {
            @Override
            Invalidations invalidations(CommandBuffer commands, HardwareCapabilities hardware) {
                return maker.make(commands, hardware);
            }
        };
    }

    static UnitParts withoutTranslations() {
        return invalidating((commands, hardware) -> new QueuedInvalidations(commands, hardware) {
            @Override
            public void translations(List<TranslationTag> tags) {
                // Forgotten.
            }
        });
    }

    static UnitParts withoutDeviceTable() {
        return invalidating((commands, hardware) -> new QueuedInvalidations(commands, hardware) {
            @Override
            public void deviceTableEntries(List<Integer> deviceIds) {
                // Forgotten.
            }
        });
    }

    static UnitParts withoutDevices() {
        return invalidating((commands, hardware) -> new QueuedInvalidations(commands, hardware) {
            @Override
            public void devices(List<DomainUser> users, List<AddressSpan> pages) {
                // Forgotten.
            }
        });
    }

    /** Only the first of a device's ids is named where a copy of its device-table entry is dropped. */
    static UnitParts deviceTableOfTheFirstId() {
        return invalidating((commands, hardware) -> new QueuedInvalidations(commands, hardware) {
            @Override
            public void deviceTableEntries(List<Integer> deviceIds) {
                super.deviceTableEntries(deviceIds.subList(0, 1));
            }
        });
    }

    /** The device IOTLB is told under the device's first id only; requests under its alias fill it too. */
    static UnitParts devicesUnderTheirFirstId() {
        return invalidating((commands, hardware) -> new QueuedInvalidations(commands, hardware) {
            @Override
            public void devices(List<DomainUser> users, List<AddressSpan> pages) {
                commands.execute(users.stream()
                        .map(user -> Command.devicePages(
                                user.device().description().primaryRequesterId(),
                                user.device().description().atsQueueDepth(),
                                user.pasid(),
                                AddressSpan.EVERYTHING))
                        .toList());
            }
        });
    }

    /** Only the entry of the first of a device's ids is changed. */
    static UnitParts writingTheFirstIdOnly() {
        return new UnitParts() {
            @Override
            DeviceTableWriter writer(DeviceTable table, Invalidations invalidations) {
                return new DeviceTableWriter(table, invalidations) {
                    @Override
                    void carryOut(List<Integer> deviceIds, DeviceTableEntry old, DeviceTableUpdate update) {
                        super.carryOut(deviceIds.subList(0, 1), old, update);
                    }
                };
            }
        };
    }

    /** GN=0 for everything, as if it dropped what v2 tables translated. */
    static UnitParts hostTagsOnly() {
        return invalidating((commands, hardware) -> new QueuedInvalidations(commands, hardware) {
            @Override
            public void pages(List<TranslationTag> tags, List<AddressSpan> pages) {
                super.pages(
                        tags.stream()
                                .map(tag -> TranslationTag.host(tag.domainId()))
                                .toList(),
                        pages);
            }
        });
    }

    /** PASID 0 of the right DomainID, whichever PASID has changed. */
    static UnitParts pasidZeroOnly() {
        return invalidating((commands, hardware) -> new QueuedInvalidations(commands, hardware) {
            @Override
            public void pages(List<TranslationTag> tags, List<AddressSpan> pages) {
                super.pages(
                        tags.stream()
                                .map(tag -> new TranslationTag(tag.domainId(), tag.guest(), Pasid.NONE))
                                .toList(),
                        pages);
            }
        });
    }

    /** Changes of the device table on a wrong way. */
    static UnitParts writing(UnaryOperator<DeviceTableUpdate> spoiler) {
        return new UnitParts() {
            @Override
            DeviceTableWriter writer(DeviceTable table, Invalidations invalidations) {
                return new DeviceTableWriter(table, invalidations) {
                    @Override
                    void carryOut(List<Integer> deviceIds, DeviceTableEntry old, DeviceTableUpdate update) {
                        super.carryOut(deviceIds, old, spoiler.apply(update));
                    }
                };
            }
        };
    }
}
