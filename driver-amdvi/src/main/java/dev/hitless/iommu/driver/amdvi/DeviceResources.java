package dev.hitless.iommu.driver.amdvi;

import org.jspecify.annotations.Nullable;

/**
 * What a device has of its own from probe to release.
 *
 * @param domainId DomainID of all its translations, nested ones excepted
 * @param gcr3 its GCR3 table; null on hardware without v2 tables
 * @param fiveLevels v2 tables behind it have five levels
 */
record DeviceResources(int domainId, @Nullable Gcr3Table gcr3, boolean fiveLevels) {}
