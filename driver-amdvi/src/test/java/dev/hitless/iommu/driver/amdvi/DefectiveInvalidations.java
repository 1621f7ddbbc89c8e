package dev.hitless.iommu.driver.amdvi;

import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.driver.support.memory.AddressSpan;
import dev.hitless.iommu.driver.support.track.DomainUser;
import java.util.List;
import java.util.function.UnaryOperator;

/** Invalidations of which one kind is missing, wrong or out of order. */
final class DefectiveInvalidations {
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

    /** Devices are told what concerns requests without PASID only (GN=0). */
    static UnitParts devicesWithoutPasid() {
        return invalidating((commands, hardware) -> new QueuedInvalidations(commands, hardware) {
            @Override
            public void devices(List<DomainUser> users, List<AddressSpan> pages) {
                super.devices(
                        users.stream()
                                .map(user -> new DomainUser(user.device(), Pasid.NONE))
                                .toList(),
                        pages);
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
