/**
 * The subsystem between users and drivers, as the CORE rules look at it: what is asked of it ({@link
 * dev.hitless.iommu.conformance.subsystem.Subsystem}), what it asks of a driver ({@link
 * dev.hitless.iommu.conformance.subsystem.TappedDriver}), and a place to run both ({@link
 * dev.hitless.iommu.conformance.subsystem.Bench}): over a driver without hardware, or over a real one on a machine.
 */
@NullMarked
package dev.hitless.iommu.conformance.subsystem;

import org.jspecify.annotations.NullMarked;
