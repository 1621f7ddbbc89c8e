package dev.hitless.iommu.hardware.vtd;

import dev.hitless.iommu.hardware.CacheKind;
import dev.hitless.iommu.hardware.Invalidation;
import java.util.Locale;

/**
 * Type 7: drops PASID entries and the directory entries that led to them (VT-d spec 6.5.2.2).
 *
 * <pre>
 *     63:52 51:32   31:16 15:12 11:9 8:6 5:4 3:0
 * q0 |  0  | PASID | DID |  0  |  0 | 0 | G | 7 |    G: 0 domain, 1 PASID in domain, 3 global
 * </pre>
 */
record PasidCacheInvalidation(int granularity, int did, int pasid) implements Invalidation {
    static final int DOMAIN = 0;
    static final int PASID = 1;
    static final int GLOBAL = 3;
    private static final long RESERVED = 0xFFF0_0000_0000_F1C0L;

    static PasidCacheInvalidation decode(long q0, long q1) throws InvalidDescriptorException {
        InvalidDescriptorException.checkReserved("PASID-cache invalidation", q0 & RESERVED, q1);
        int granularity = (int) (q0 >>> 4 & 3);
        InvalidDescriptorException.checkGranularity("PASID-cache invalidation", granularity, granularity != 2);
        return new PasidCacheInvalidation(granularity, (int) (q0 >>> 16 & 0xFFFF), (int) (q0 >>> 32 & 0xF_FFFF));
    }

    @Override
    public String describe() {
        return switch (granularity) {
            case DOMAIN -> String.format(Locale.ROOT, "invalidate PASID cache, domain %d", did);
            case PASID -> String.format(Locale.ROOT, "invalidate PASID cache, domain %d, PASID 0x%x", did, pasid);
            default -> "invalidate PASID cache, all";
        };
    }

    @Override
    public boolean covers(CacheKind cache, long tag, long firstAddress, long lengthBytes) {
        if (!cache.equals(VtdCaches.PASID)) {
            return false;
        }
        return granularity == GLOBAL
                || (CacheTag.configurationOf(tag, did) && (granularity == DOMAIN || CacheTag.pasid(tag) == pasid));
    }
}
