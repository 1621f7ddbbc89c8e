/**
 * A driver's outermost class. Enter at {@link dev.hitless.iommu.driver.support.skeleton.UnitDriver}, which a driver's
 * {@code IommuDriver} extends.
 */
@NullMarked
package dev.hitless.iommu.driver.support.skeleton;

import org.jspecify.annotations.NullMarked;
