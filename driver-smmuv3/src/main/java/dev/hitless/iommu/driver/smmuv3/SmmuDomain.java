package dev.hitless.iommu.driver.smmuv3;

import dev.hitless.iommu.driver.support.domain.AttachableDomain;
import dev.hitless.iommu.driver.support.update.EntryContent;

/** What this driver has to know of any domain. */
interface SmmuDomain extends AttachableDomain {
    /** Whether it stands behind a context descriptor: stage 1. Only such domains go with PASIDs. */
    default boolean usesContextDescriptor() {
        return false;
    }

    /** Its context descriptor; not valid for domains that have none. */
    default EntryContent contextDescriptor() {
        return ContextDescriptor.NONE;
    }

    /** Whether stage 2 is on for a device on it; there is no room for PASIDs of the host beside that. */
    default boolean usesStage2() {
        return false;
    }

    /** The stream table entry of {@code device} while this domain is behind its requests without PASID. */
    EntryContent streamTableEntry(Smmuv3Device device);

    /** How its translations are tagged. */
    TranslationTag tag();
}
