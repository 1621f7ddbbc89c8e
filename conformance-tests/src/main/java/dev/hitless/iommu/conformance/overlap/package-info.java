/**
 * Operations that overlap in time: which ones, on what machine, and what each of them is meant to change. Enter at {@link
 * dev.hitless.iommu.conformance.overlap.Overlaps}, the catalogue. Nothing here says how they are run: in a controlled order
 * on one machine after another, or freely on real threads.
 */
@NullMarked
package dev.hitless.iommu.conformance.overlap;

import org.jspecify.annotations.NullMarked;
