package dev.hitless.iommu.driver.smmuv3;

import dev.hitless.iommu.driver.support.update.EntryContent;
import dev.hitless.iommu.driver.support.update.EntryInvalidator;
import java.util.List;

/** Drops copies of one stream table entry. Translations are dropped by the change as a whole. */
final class StreamTableEntryInvalidator implements EntryInvalidator {
    private final Invalidations invalidations;
    private final StreamTable streams;
    private final int streamId;

    StreamTableEntryInvalidator(Invalidations invalidations, StreamTable streams, int streamId) {
        this.invalidations = invalidations;
        this.streams = streams;
        this.streamId = streamId;
    }

    @Override
    public void invalidateConfiguration(EntryContent tagged, EntryContent current) {
        if (streams.hasRetired()) {
            // Hardware may hold a pointer to a page that an interrupted change has exchanged.
            invalidations.streamTableLeaf(streamId);
        } else {
            invalidations.streams(List.of(streamId));
        }
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
