package dev.hitless.iommu.hardware.vtd;

import dev.hitless.iommu.hardware.CacheKind;
import dev.hitless.iommu.hardware.Invalidation;
import java.util.Locale;

/**
 * Type 1: drops context entries (VT-d spec 6.5.2.1).
 *
 * <pre>
 *     63:50 49:48 47:32 31:16 15:6  5:4 3:0
 * q0 |  0  |  FM | SID | DID |  0  | G | 1 |    G: 1 global, 2 domain, 3 device
 * </pre>
 *
 * In scalable mode a context entry has no domain id: DID is ignored, and a domain-selective command drops everything. It
 * leaves the PASID cache and the IOTLB alone.
 */
record ContextCacheInvalidation(int granularity, int sid, int functionMask) implements Invalidation {
    static final int DEVICE = 3;
    private static final long RESERVED = 0xFFFC_0000_0000_F1C0L;
    private static final int[] IGNORED_FUNCTION_BITS = {0, 0b100, 0b110, 0b111};

    static ContextCacheInvalidation decode(long q0, long q1) throws InvalidDescriptorException {
        InvalidDescriptorException.checkReserved("context-cache invalidation", q0 & RESERVED, q1);
        int granularity = (int) (q0 >>> 4 & 3);
        InvalidDescriptorException.checkGranularity("context-cache invalidation", granularity, granularity != 0);
        return new ContextCacheInvalidation(granularity, (int) (q0 >>> 32 & 0xFFFF), (int) (q0 >>> 48 & 3));
    }

    @Override
    public String describe() {
        return granularity != DEVICE
                ? "invalidate context cache, all"
                : String.format(
                        Locale.ROOT, "invalidate context cache, device 0x%x, function mask %d", sid, functionMask);
    }

    @Override
    public boolean covers(CacheKind cache, long tag, long firstAddress, long lengthBytes) {
        if (!cache.equals(VtdCaches.CONTEXT)) {
            return false;
        }
        int ignored = IGNORED_FUNCTION_BITS[functionMask];
        return granularity != DEVICE || (CacheTag.sid(tag) | ignored) == (sid | ignored);
    }
}
