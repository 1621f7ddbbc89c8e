package dev.hitless.iommu.driver.amdvi;

import org.jspecify.annotations.Nullable;

/**
 * What a device has of its own from probe to release.
 *
 * @param domainId DomainID of all its translations, nested ones excepted
 * @param pasidBits width of PASIDs that device and IOMMU share; 0 for none
 * @param ats it caches translations
 * @param pri it sends page requests
 * @param gcr3 its GCR3 table; null on hardware without v2 tables
 * @param fiveLevels v2 tables behind it have five levels
 */
record DeviceResources(
        int domainId,
        int pasidBits,
        boolean ats,
        boolean pri,
        @Nullable Gcr3Table gcr3,
        boolean fiveLevels) {

    /** See {@link AmdviDevice#guestEntry}. Without a GCR3 table: an entry that blocks. */
    DeviceTableEntry guestEntry(boolean forRequestsWithoutPasid) {
        DeviceTableEntry base = new DeviceTableEntry(
                DeviceTableEntry.VALID | (pri ? DeviceTableEntry.PAGE_REQUESTS : 0),
                domainId | (ats ? DeviceTableEntry.ATS : 0),
                0);
        return gcr3 == null
                ? base
                : base.withHost(0, 0)
                        .withGuest(new Gcr3Pointer(gcr3.root(), gcr3.levels(), fiveLevels), forRequestsWithoutPasid);
    }
}
