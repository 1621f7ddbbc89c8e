package dev.hitless.iommu.driver.smmuv3;

import dev.hitless.iommu.driver.support.update.EntryContent;
import dev.hitless.iommu.driver.support.update.EntryInvalidator;
import java.util.List;

/**
 * Drops copies of one context descriptor, for every StreamID of its device. Translations are dropped by the change as a
 * whole.
 */
final class ContextDescriptorInvalidator implements EntryInvalidator {
    private final Invalidations invalidations;
    private final ContextTable contexts;
    private final List<Integer> streamIds;
    private final int substream;

    ContextDescriptorInvalidator(
            Invalidations invalidations, ContextTable contexts, List<Integer> streamIds, int substream) {
        this.invalidations = invalidations;
        this.contexts = contexts;
        this.streamIds = streamIds;
        this.substream = substream;
    }

    @Override
    public void invalidateConfiguration(EntryContent tagged, EntryContent current) {
        invalidations.contextDescriptor(streamIds, substream, false);
    }

    /** One command for the pointer and all descriptors read through it beats one for each of 64 of them. */
    @Override
    public void invalidateLeafPointer(EntryContent replaced, EntryContent current) {
        if (contexts.isTwoLevel()) {
            invalidations.contextDescriptors(streamIds);
        } else {
            // The pointers are in the stream table entries; each stream switches on its own.
            contexts.alignPointers();
            invalidations.streams(streamIds);
        }
    }

    @Override
    public void invalidateTranslation(EntryContent replaced) {
        throw new UnsupportedOperationException("no plan for one context descriptor drops translations");
    }

    @Override
    public void invalidateDevice(EntryContent replaced) {
        throw new UnsupportedOperationException("no plan for one context descriptor drops translations");
    }
}
