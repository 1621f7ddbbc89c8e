package dev.hitless.iommu.hardware.smmuv3;

import dev.hitless.iommu.hardware.CacheKind;
import dev.hitless.iommu.hardware.Invalidation;

/**
 * CMD_CFGI_STE, CMD_CFGI_STE_RANGE and CMD_CFGI_ALL (IHI 0070 4.3.1, 4.3.2). They drop the STEs, with them every CD and
 * L1CD that was reached through them, and no translation.
 *
 * @param describe for people
 * @param firstStreamId first StreamID, aligned to the range
 * @param rangeBits log2 of the number of StreamIDs; 32: all
 * @param leafOnly L1STDs stay
 */
record StreamInvalidation(String describe, int firstStreamId, int rangeBits, boolean leafOnly) implements Invalidation {
    @Override
    public boolean covers(CacheKind cache, long tag, long firstAddress, long lengthBytes) {
        if (cache.equals(Smmuv3Caches.L1STD)) {
            return !leafOnly && sameBlock(tag, Math.max(rangeBits, ConfigurationTag.width(tag)));
        }
        return cache.role() == CacheKind.Role.CONFIGURATION && sameBlock(tag, rangeBits);
    }

    private boolean sameBlock(long tag, int bits) {
        long difference =
                Integer.toUnsignedLong(ConfigurationTag.streamId(tag)) ^ Integer.toUnsignedLong(firstStreamId);
        return difference >>> bits == 0;
    }
}
