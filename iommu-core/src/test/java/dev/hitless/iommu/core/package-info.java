/** Tests of the core against {@link dev.hitless.iommu.core.RecordingDriver}, which has no hardware. */
@NullMarked
package dev.hitless.iommu.core;

import org.jspecify.annotations.NullMarked;
