package dev.hitless.iommu.hardware.amdvi;

import dev.hitless.iommu.hardware.CacheKind;
import dev.hitless.iommu.hardware.Invalidation;
import dev.hitless.iommu.hardware.amdvi.AmdviCaches.TranslationKind;

/**
 * INVALIDATE_IOMMU_PAGES: IOTLB lines of one DomainID; with PDE=1 directory entries too.
 *
 * <p>GN=0 names addresses of the host path: host lines in the span, and every nested line of the DomainID, since nested
 * lines are indexed by guest addresses that the command does not know (Linux relies on it). GN=1 names guest addresses of
 * one PASID. That GN=0 drops guest lines of a domain without host tables is nowhere promised, so it does not.
 *
 * @param guest GN
 * @param pasid 0 without GN
 * @param directories PDE
 */
record IommuPagesInvalidation(int domainId, boolean guest, int pasid, boolean directories, AddressSpan span)
        implements Invalidation {
    @Override
    public String describe() {
        return "INVALIDATE_IOMMU_PAGES DomainID=0x" + Integer.toHexString(domainId)
                + (guest ? " GN=1 PASID=0x" + Integer.toHexString(pasid) : " GN=0")
                + (directories ? " PDE=1 " : " PDE=0 ")
                + span;
    }

    @Override
    public boolean covers(CacheKind cache, long tag, long firstAddress, long lengthBytes) {
        return switch (cache.role()) {
            case TRANSLATION -> coversTables(tag, firstAddress, lengthBytes);
            case PAGING_STRUCTURE -> directories && coversTables(tag, firstAddress, lengthBytes);
            case CONFIGURATION -> cache.equals(AmdviCaches.GCR3) && coversGcr3(tag);
            case DEVICE_TRANSLATION -> false;
        };
    }

    private boolean coversTables(long tag, long firstAddress, long lengthBytes) {
        if (AmdviCaches.domainIdOf(tag) != domainId) {
            return false;
        }
        TranslationKind kind = AmdviCaches.kindOf(tag);
        if (guest) {
            return kind != TranslationKind.HOST
                    && AmdviCaches.pasidOf(tag) == pasid
                    && span.overlaps(firstAddress, lengthBytes);
        }
        return kind == TranslationKind.NESTED
                || (kind == TranslationKind.HOST && span.overlaps(firstAddress, lengthBytes));
    }

    private boolean coversGcr3(long tag) {
        return guest && directories && span.isWholeSpace() && tag == AmdviCaches.gcr3Tag(domainId, pasid);
    }
}
