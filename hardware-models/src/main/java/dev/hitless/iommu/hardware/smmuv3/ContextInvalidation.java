package dev.hitless.iommu.hardware.smmuv3;

import dev.hitless.iommu.hardware.CacheKind;
import dev.hitless.iommu.hardware.Invalidation;

/**
 * CMD_CFGI_CD and CMD_CFGI_CD_ALL (IHI 0070 4.3.3, 4.3.4): CDs of one StreamID, and L1CDs unless Leaf is 1. A CD that
 * several StreamIDs share is cached for each of them.
 *
 * @param describe for people
 * @param streamId StreamID
 * @param substreamId SubstreamID, or {@link #EVERY_SUBSTREAM}
 * @param leafOnly L1CDs stay
 */
record ContextInvalidation(String describe, int streamId, int substreamId, boolean leafOnly) implements Invalidation {
    /** Instead of a SubstreamID: all of the stream. */
    static final int EVERY_SUBSTREAM = -1;

    @Override
    public boolean covers(CacheKind cache, long tag, long firstAddress, long lengthBytes) {
        boolean level1 = cache.equals(Smmuv3Caches.L1CD);
        if ((!level1 && !cache.equals(Smmuv3Caches.CD))
                || (level1 && leafOnly)
                || ConfigurationTag.streamId(tag) != streamId) {
            return false;
        }
        int width = level1 ? ConfigurationTag.width(tag) : 0;
        return substreamId == EVERY_SUBSTREAM || (ConfigurationTag.substreamId(tag) ^ substreamId) >>> width == 0;
    }
}
