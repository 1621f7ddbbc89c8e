/**
 * Replacement of the domain behind a PASID, but for the entries of one vendor. A driver extends {@link
 * dev.hitless.iommu.driver.support.replace.DomainReplacement} by what can stand where, and supplies a {@link
 * dev.hitless.iommu.driver.support.replace.DomainSwitch}: which entries change, in which order.
 */
@NullMarked
package dev.hitless.iommu.driver.support.replace;

import org.jspecify.annotations.NullMarked;
