package dev.hitless.iommu.hardware.vtd;

import dev.hitless.iommu.hardware.CacheKind;
import java.util.List;

/**
 * The caches that VT-d hardware may have (VT-d spec 6.2). With CAP.CM they hold entries that are not present or illegal too,
 * first-stage ones excepted (6.1).
 */
final class VtdCaches {
    /** Context entries, with the root entry that led to them. */
    static final CacheKind CONTEXT = new CacheKind("context cache", CacheKind.Role.CONFIGURATION);
    /** PASID entries, with the directory entry that led to them. */
    static final CacheKind PASID = new CacheKind("PASID cache", CacheKind.Role.CONFIGURATION);
    /** Non-leaf first-stage entries. */
    static final CacheKind FIRST_STAGE_PAGING =
            new CacheKind("first-stage paging-structure cache", CacheKind.Role.PAGING_STRUCTURE);
    /** Non-leaf second-stage entries; leaf ones too where a nested walk used them. */
    static final CacheKind SECOND_STAGE_PAGING =
            new CacheKind("second-stage paging-structure cache", CacheKind.Role.PAGING_STRUCTURE);
    /** Finished translations. */
    static final CacheKind IOTLB = new CacheKind("IOTLB", CacheKind.Role.TRANSLATION);
    /** Finished translations in a device. */
    static final CacheKind DEVICE_TLB = new CacheKind("device TLB", CacheKind.Role.DEVICE_TRANSLATION);

    static final List<CacheKind> ALL =
            List.of(CONTEXT, PASID, FIRST_STAGE_PAGING, SECOND_STAGE_PAGING, IOTLB, DEVICE_TLB);

    private VtdCaches() {}
}
