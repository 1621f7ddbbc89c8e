/**
 * Small things that come with one IOMMU: {@link dev.hitless.iommu.driver.support.unit.DriverLocks} names its locks, {@link
 * dev.hitless.iommu.driver.support.unit.UndoStack} takes a bring-up back that fails half-way, {@link
 * dev.hitless.iommu.driver.support.unit.PagingFormats} is what it offers.
 */
@NullMarked
package dev.hitless.iommu.driver.support.unit;

import org.jspecify.annotations.NullMarked;
