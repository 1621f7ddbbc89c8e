package dev.hitless.iommu.driver.amdvi;

import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.driver.support.device.DeviceCaches;
import dev.hitless.iommu.driver.support.memory.AddressSpan;
import dev.hitless.iommu.driver.support.track.DomainUser;
import java.util.List;
import java.util.function.UnaryOperator;

/** Invalidations of which one kind is missing, wrong or out of order. */
final class DefectiveInvalidations {
    /** GN of a command, word 1. */
    private static final long GUEST = 1 << 2;

    private DefectiveInvalidations() {}

    private interface Maker {
        Invalidations make(CommandBuffer commands, HardwareCapabilities hardware);
    }

    private static UnitParts invalidating(Maker maker) {
        return new UnitParts() {
            @Override
            Invalidations invalidations(CommandBuffer commands, HardwareCapabilities hardware) {
                return maker.make(commands, hardware);
            }
        };
    }

    /** Everything of a tag is dropped when asked for, but not what an unmap asks for. */
    static UnitParts withoutUnmappedPages() {
        return invalidating((commands, hardware) -> new QueuedInvalidations(commands, hardware) {
            @Override
            public void pages(List<TranslationTag> tags, List<AddressSpan> pages) {
                if (pages.contains(AddressSpan.EVERYTHING)) {
                    super.pages(tags, pages);
                }
            }
        });
    }

    /**
     * Devices are told of PASID 0 only (GN=1, PASID 0), which is where requests without PASID go: enough for these, not for
     * any other PASID, a guest's included.
     */
    static UnitParts devicesOfPasidZero() {
        return invalidating((commands, hardware) -> new QueuedInvalidations(commands, hardware) {
            @Override
            public void devices(List<DomainUser> users, List<AddressSpan> pages) {
                DeviceCaches.forget(
                        users,
                        reachable -> commands.executeOnce(reachable.stream()
                                .map(user -> Command.devicePages(
                                        user.device().description().primaryRequesterId(),
                                        user.device().description().atsQueueDepth(),
                                        Pasid.NONE,
                                        AddressSpan.EVERYTHING))
                                .map(command -> new Command(command.word0(), command.word1() | GUEST))
                                .toList()));
            }
        });
    }

    /** Of a nested domain PASID 0 only is dropped from the IOTLB, as of a domain of v2 tables (GN=1, no GN=0). */
    static UnitParts withoutHostTags() {
        return invalidating((commands, hardware) -> new QueuedInvalidations(commands, hardware) {
            @Override
            public void pages(List<TranslationTag> tags, List<AddressSpan> pages) {
                List<TranslationTag> ofGuests =
                        tags.stream().filter(TranslationTag::guest).toList();
                super.pages(ofGuests.isEmpty() ? tags : ofGuests, pages);
            }
        });
    }

    /** Nothing is dropped for PASIDs that the host does not know, a guest's. */
    static UnitParts withoutGuestsPasids() {
        return invalidating((commands, hardware) -> new QueuedInvalidations(commands, hardware) {
            @Override
            public void translations(List<TranslationTag> tags) {
                if (tags.stream().allMatch(tag -> tag.pasid().isNone())) {
                    super.translations(tags);
                }
            }
        });
    }

    static UnitParts nextPasid() {
        return retagging(tag -> tag.pasid().isNone()
                ? tag
                : TranslationTag.guest(tag.domainId(), Pasid.of(tag.pasid().value() + 1)));
    }

    static UnitParts nextDomainId() {
        return retagging(tag -> new TranslationTag(tag.domainId() + 1, tag.guest(), tag.pasid()));
    }

    private static UnitParts retagging(UnaryOperator<TranslationTag> change) {
        return invalidating((commands, hardware) -> new QueuedInvalidations(commands, hardware) {
            @Override
            public void pages(List<TranslationTag> tags, List<AddressSpan> pages) {
                super.pages(tags.stream().map(change).toList(), pages);
            }
        });
    }
}
