/**
 * The contract between the IOMMU core and a vendor's driver.
 *
 * <p>A driver author implements {@link dev.hitless.iommu.api.IommuDriverProvider} (found by {@link
 * java.util.ServiceLoader}), {@link dev.hitless.iommu.api.IommuDriver} and the domains it makes. Enter at {@link
 * dev.hitless.iommu.api.IommuDomain#setDevPasid}: <em>set is replace</em>, one call, nobody removes first. All that a
 * driver may touch is in {@link dev.hitless.iommu.api.platform}.
 */
@NullMarked
package dev.hitless.iommu.api;

import org.jspecify.annotations.NullMarked;
