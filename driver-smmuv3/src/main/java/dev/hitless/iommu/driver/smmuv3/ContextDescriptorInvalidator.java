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
    private final boolean interrupted;

    /** @param interrupted whether an earlier change did not get through, so that hardware may hold old pointers too */
    ContextDescriptorInvalidator(
            Invalidations invalidations,
            ContextTable contexts,
            List<Integer> streamIds,
            int substream,
            boolean interrupted) {
        this.invalidations = invalidations;
        this.contexts = contexts;
        this.streamIds = streamIds;
        this.substream = substream;
        this.interrupted = interrupted;
    }

    @Override
    public void invalidateConfiguration(EntryContent tagged, EntryContent current) {
        if (interrupted || contexts.hasRetired()) {
            invalidateLeafPointer(tagged, current);
        } else {
            invalidations.contextDescriptor(streamIds, substream, false);
        }
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
