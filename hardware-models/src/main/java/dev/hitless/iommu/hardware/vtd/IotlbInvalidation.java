package dev.hitless.iommu.hardware.vtd;

import dev.hitless.iommu.hardware.CacheKind;
import dev.hitless.iommu.hardware.Invalidation;
import java.util.Locale;

/**
 * Type 2: drops what is known by domain id (VT-d spec 6.5.2.3).
 *
 * <pre>
 *     63:32 31:16 15:8  7  6  5:4 3:0
 * q0 |  0  | DID |  0 |DR|DW | G | 2 |    G: 1 global, 2 domain, 3 page
 *     63:12  11:7  6  5:0
 * q1 | ADDR |  0 | IH| AM |
 * </pre>
 *
 * Read conservatively: global drops everything. Domain-selective drops results and entries of the second stage under that
 * domain id, and nested results and their first-stage entries, since the guidance for removing a nested PASID entry and
 * for changing its parent names this command. Page-selective drops second-stage results and entries of those pages
 * (non-leaf ones only with IH=0); it does not drop nested results, which are kept by the guest's address while the
 * command names guest-physical ones. Nothing but global drops first-stage and pass-through results: those are known by
 * PASID.
 *
 * @param range of a page-selective command
 * @param leafOnly IH: no non-leaf entry was changed
 */
record IotlbInvalidation(int granularity, int did, AddressRange range, boolean leafOnly) implements Invalidation {
    static final int GLOBAL = 1;
    static final int DOMAIN = 2;
    static final int PAGE = 3;
    private static final long RESERVED_0 = 0xFFFF_FFFF_0000_F100L;

    static IotlbInvalidation decode(long q0, long q1) throws InvalidDescriptorException {
        InvalidDescriptorException.checkReserved("IOTLB invalidation", q0 & RESERVED_0, q1 & PageOperand.RESERVED);
        int granularity = (int) (q0 >>> 4 & 3);
        InvalidDescriptorException.checkGranularity("IOTLB invalidation", granularity, granularity != 0);
        AddressRange range =
                granularity == PAGE ? PageOperand.range("IOTLB invalidation", q1) : AddressRange.EVERYTHING;
        return new IotlbInvalidation(
                granularity, (int) (q0 >>> 16 & 0xFFFF), range, granularity == PAGE && PageOperand.leafOnly(q1));
    }

    @Override
    public String describe() {
        return switch (granularity) {
            case GLOBAL -> "invalidate IOTLB, all";
            case DOMAIN -> String.format(Locale.ROOT, "invalidate IOTLB, domain %d", did);
            default ->
                String.format(
                        Locale.ROOT, "invalidate IOTLB, domain %d, %s%s", did, range, leafOnly ? ", leaf only" : "");
        };
    }

    @Override
    public boolean covers(CacheKind cache, long tag, long firstAddress, long lengthBytes) {
        boolean results = cache.equals(VtdCaches.IOTLB);
        boolean entries = cache.equals(VtdCaches.SECOND_STAGE_PAGING);
        if (!results && !entries && !cache.equals(VtdCaches.FIRST_STAGE_PAGING)) {
            return false;
        }
        if (granularity == GLOBAL) {
            return true;
        }
        if (CacheTag.did(tag) != did) {
            return false;
        }
        if (CacheTag.isNested(tag)) {
            return granularity == DOMAIN;
        }
        if (!CacheTag.isDomainOnly(tag)) {
            return false;
        }
        boolean spared = entries && leafOnly && !CacheTag.isLeaf(tag);
        return granularity == DOMAIN || (!spared && range.meets(firstAddress, lengthBytes));
    }
}
