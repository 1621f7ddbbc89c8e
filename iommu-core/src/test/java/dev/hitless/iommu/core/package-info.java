/**
 * Tests of the core against {@link dev.hitless.iommu.core.RecordingDriver}, which has no hardware. Those named {@code
 * LincheckTest} run two threads through many interleavings ({@link dev.hitless.iommu.core.CoreUnderLincheck}), against
 * {@link dev.hitless.iommu.core.GenerationsDriver}.
 */
@NullMarked
package dev.hitless.iommu.core;

import org.jspecify.annotations.NullMarked;
