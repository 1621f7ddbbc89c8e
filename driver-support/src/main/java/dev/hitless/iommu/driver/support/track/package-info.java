/**
 * What a driver must remember on its own: {@link dev.hitless.iommu.driver.support.track.AttachmentTable}, which domain is
 * behind which PASID of a device, and {@link dev.hitless.iommu.driver.support.track.DomainUsers}, where a domain's
 * translations may be cached.
 */
@NullMarked
package dev.hitless.iommu.driver.support.track;

import org.jspecify.annotations.NullMarked;
