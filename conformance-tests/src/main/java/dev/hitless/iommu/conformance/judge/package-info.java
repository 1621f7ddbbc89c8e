/**
 * From observations to findings. Enter at {@link dev.hitless.iommu.conformance.judge.Judge}: it takes one recorded
 * operation, with what every stream was meant to see before and after, and says which rules were broken, where, and what
 * DMA saw.
 */
@NullMarked
package dev.hitless.iommu.conformance.judge;

import org.jspecify.annotations.NullMarked;
