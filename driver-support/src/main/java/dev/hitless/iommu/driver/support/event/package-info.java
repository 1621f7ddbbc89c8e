/**
 * What hardware reports. Enter at {@link dev.hitless.iommu.driver.support.event.PageRequests}; a driver supplies a {@link
 * dev.hitless.iommu.driver.support.event.PageRequestPort}, its ring of requests and its command that answers one.
 */
@NullMarked
package dev.hitless.iommu.driver.support.event;

import org.jspecify.annotations.NullMarked;
