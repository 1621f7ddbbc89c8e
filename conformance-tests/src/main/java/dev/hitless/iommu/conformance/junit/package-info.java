/**
 * The JUnit kit. A driver's own test extends {@link dev.hitless.iommu.conformance.junit.IommuConformance}; that one class is
 * all that a driver author writes.
 */
@NullMarked
package dev.hitless.iommu.conformance.junit;

import org.jspecify.annotations.NullMarked;
