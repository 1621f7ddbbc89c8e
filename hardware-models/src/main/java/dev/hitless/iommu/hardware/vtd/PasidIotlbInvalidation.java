package dev.hitless.iommu.hardware.vtd;

import dev.hitless.iommu.hardware.CacheKind;
import dev.hitless.iommu.hardware.Invalidation;
import java.util.Locale;

/**
 * Type 6: drops first-stage, nested and pass-through results of one PASID in one domain, and first-stage entries (VT-d
 * spec 6.5.2.4). What the second stage is known for by domain id alone stays.
 *
 * <pre>
 *     63:52 51:32   31:16 15:12 11:9 8:6 5:4 3:0
 * q0 |  0  | PASID | DID |  0  |  0 | 0 | G | 6 |    G: 2 whole PASID, 3 pages
 *     63:12  11:7  6  5:0
 * q1 | ADDR |  0 | IH| AM |
 * </pre>
 *
 * @param leafOnly IH: no non-leaf entry was changed
 */
record PasidIotlbInvalidation(int granularity, int did, int pasid, AddressRange range, boolean leafOnly)
        implements Invalidation {
    static final int WHOLE_PASID = 2;
    static final int PAGE = 3;
    private static final long RESERVED_0 = 0xFFF0_0000_0000_F1C0L;

    static PasidIotlbInvalidation decode(long q0, long q1) throws InvalidDescriptorException {
        String name = "PASID-based IOTLB invalidation";
        InvalidDescriptorException.checkReserved(name, q0 & RESERVED_0, q1 & PageOperand.RESERVED);
        int granularity = (int) (q0 >>> 4 & 3);
        InvalidDescriptorException.checkGranularity(name, granularity, granularity >= WHOLE_PASID);
        AddressRange range = granularity == PAGE ? PageOperand.range(name, q1) : AddressRange.EVERYTHING;
        return new PasidIotlbInvalidation(
                granularity,
                (int) (q0 >>> 16 & 0xFFFF),
                (int) (q0 >>> 32 & 0xF_FFFF),
                range,
                granularity == PAGE && PageOperand.leafOnly(q1));
    }

    @Override
    public String describe() {
        return String.format(
                Locale.ROOT,
                "invalidate PASID-based IOTLB, domain %d, PASID 0x%x, %s%s",
                did,
                pasid,
                range,
                leafOnly ? ", leaf only" : "");
    }

    @Override
    public boolean covers(CacheKind cache, long tag, long firstAddress, long lengthBytes) {
        boolean entries = cache.equals(VtdCaches.FIRST_STAGE_PAGING);
        if (!entries && !cache.equals(VtdCaches.IOTLB)) {
            return false;
        }
        if (CacheTag.isDomainOnly(tag) || CacheTag.did(tag) != did || CacheTag.pasid(tag) != pasid) {
            return false;
        }
        return granularity == WHOLE_PASID || (!(entries && leafOnly) && range.meets(firstAddress, lengthBytes));
    }
}
