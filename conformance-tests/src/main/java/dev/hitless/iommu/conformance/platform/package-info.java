/** What all platforms with a modelled IOMMU have: {@link dev.hitless.iommu.conformance.platform.ModelledPlatform}. */
@NullMarked
package dev.hitless.iommu.conformance.platform;

import org.jspecify.annotations.NullMarked;
