/**
 * One recorded operation, step by step: what the driver did, and after each step what the hardware could have seen. Enter
 * at {@link dev.hitless.iommu.conformance.explain.Explainer}; an {@link
 * dev.hitless.iommu.conformance.explain.Explanation} is a value that can be saved, read again and shown in any form.
 */
@NullMarked
package dev.hitless.iommu.conformance.explain;

import org.jspecify.annotations.NullMarked;
