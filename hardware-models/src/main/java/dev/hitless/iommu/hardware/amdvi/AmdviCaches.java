package dev.hitless.iommu.hardware.amdvi;

import dev.hitless.iommu.hardware.CacheKind;
import dev.hitless.iommu.hardware.CacheKind.Role;
import java.util.List;

/**
 * The caches, and what their copies are tagged with.
 *
 * <pre>
 * DTE cache         DeviceID
 * GCR3 cache        DomainID, PASID
 * directory cache   DomainID, PASID, kind
 * IOTLB             DomainID, PASID, kind
 * device IOTLB      DeviceID, PASID
 *
 *   37 36 35         16 15          0
 *  | kind |    PASID   |  DomainID   |     kind: see {@link TranslationKind}
 * </pre>
 */
final class AmdviCaches {
    static final CacheKind DTE = new CacheKind("DTE cache", Role.CONFIGURATION);
    static final CacheKind GCR3 = new CacheKind("GCR3 cache", Role.CONFIGURATION);
    static final CacheKind DIRECTORY = new CacheKind("directory cache", Role.PAGING_STRUCTURE);
    static final CacheKind IOTLB = new CacheKind("IOTLB", Role.TRANSLATION);
    static final CacheKind DEVICE_IOTLB = new CacheKind("device IOTLB", Role.DEVICE_TRANSLATION);

    static final List<CacheKind> ALL = List.of(DTE, GCR3, DIRECTORY, IOTLB, DEVICE_IOTLB);

    private AmdviCaches() {}

    /** What a cached translation went through. */
    enum TranslationKind {
        /** Host (v1) tables, or none. */
        HOST,
        /** Guest (v2) tables that hold system physical addresses. */
        GUEST,
        /** Guest tables, and host tables behind them. */
        NESTED
    }

    private static final TranslationKind[] KINDS = TranslationKind.values();

    /** Tag in the directory cache and in the IOTLB. {@code pasid} is 0 for {@link TranslationKind#HOST}. */
    static long tag(TranslationKind kind, int domainId, int pasid) {
        return (long) kind.ordinal() << 36 | (long) pasid << 16 | domainId;
    }

    /** Tag in the GCR3 cache. */
    static long gcr3Tag(int domainId, int pasid) {
        return (long) pasid << 16 | domainId;
    }

    /** Tag in a device. {@code pasid} is -1 without. */
    static long deviceTag(int deviceId, int pasid) {
        return (long) (pasid + 1) << 16 | deviceId;
    }

    static TranslationKind kindOf(long tag) {
        return KINDS[(int) (tag >>> 36)];
    }

    static int domainIdOf(long tag) {
        return (int) (tag & 0xFFFF);
    }

    static int pasidOf(long tag) {
        return (int) (tag >>> 16 & 0xF_FFFF);
    }

    static int deviceIdOf(long deviceTag) {
        return (int) (deviceTag & 0xFFFF);
    }

    /** -1: none. */
    static int pasidOfDeviceTag(long deviceTag) {
        return (int) (deviceTag >>> 16) - 1;
    }
}
