/**
 * From observations to findings. Enter at {@link dev.hitless.iommu.conformance.judge.Judge}: it takes one recorded
 * operation, with what every stream was meant to see before and after, and says which rules were broken, where, and what
 * DMA saw.
 *
 * <p>Each operation is judged from caches that hold nothing but what memory says when it begins. That is so if each ends
 * like that: what DMA sees shows most of what is left, and {@link dev.hitless.iommu.conformance.judge.LeftoverJudge} finds
 * the rest.
 */
@NullMarked
package dev.hitless.iommu.conformance.judge;

import org.jspecify.annotations.NullMarked;
