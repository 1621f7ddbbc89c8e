package dev.hitless.iommu.driver.smmuv3;

import dev.hitless.iommu.driver.support.update.EntryContent;
import dev.hitless.iommu.driver.support.update.EntryInvalidator;
import java.util.List;

/** Drops copies of one stream table entry. Translations are dropped by the change as a whole. */
final class StreamTableEntryInvalidator implements EntryInvalidator {
    private final Invalidations invalidations;
    private final int streamId;

    StreamTableEntryInvalidator(Invalidations invalidations, int streamId) {
        this.invalidations = invalidations;
        this.streamId = streamId;
    }

    @Override
    public void invalidateConfiguration(EntryContent tagged, EntryContent current) {
        invalidations.streams(List.of(streamId));
    }

    @Override
    public void invalidateLeafPointer(EntryContent replaced, EntryContent current) {
        invalidations.streamTableLeaf(streamId);
    }

    @Override
    public void invalidateTranslation(EntryContent replaced) {
        throw new UnsupportedOperationException("no plan for one stream table entry drops translations");
    }

    @Override
    public void invalidateDevice(EntryContent replaced) {
        throw new UnsupportedOperationException("no plan for one stream table entry drops translations");
    }
}
