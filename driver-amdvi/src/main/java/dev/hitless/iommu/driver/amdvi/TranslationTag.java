package dev.hitless.iommu.driver.amdvi;

import dev.hitless.iommu.api.Pasid;

/**
 * How cached translations are tagged, as an invalidation names it.
 *
 * @param domainId DomainID of the device-table entry
 * @param guest GN: guest (v2) addresses of {@code pasid}; else addresses of the host path
 * @param pasid {@link Pasid#NONE} for PASID 0 of the guest path, to which GIoV sends requests without PASID, and for the
 *     host path
 */
record TranslationTag(int domainId, boolean guest, Pasid pasid) {
    /** Addresses that v1 tables, or none, translate. */
    static TranslationTag host(int domainId) {
        return new TranslationTag(domainId, false, Pasid.NONE);
    }

    /** Addresses that v2 tables translate. */
    static TranslationTag guest(int domainId, Pasid pasid) {
        return new TranslationTag(domainId, true, pasid);
    }
}
