/**
 * The JUnit kit: what a driver author writes.
 *
 * <ul>
 *   <li>{@link dev.hitless.iommu.conformance.junit.IommuConformance}: the driver keeps all rules. That one class is all that
 *       is needed.
 *   <li>{@link dev.hitless.iommu.conformance.junit.BrokenDrivers}: the rules would have caught what can go wrong in it. Each
 *       {@link dev.hitless.iommu.conformance.junit.Defect} is the driver with one part exchanged, usually a {@link
 *       dev.hitless.iommu.conformance.junit.DefectiveProvider}: on memory that forgets barriers ({@link
 *       dev.hitless.iommu.conformance.junit.DefectiveMemory}), with locks that keep nobody out ({@link
 *       dev.hitless.iommu.conformance.junit.DefectiveLocks}).
 * </ul>
 */
@NullMarked
package dev.hitless.iommu.conformance.junit;

import org.jspecify.annotations.NullMarked;
