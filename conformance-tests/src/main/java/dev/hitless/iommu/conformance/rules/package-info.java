/** The rule catalogue. Ids never change and are never reused. */
@NullMarked
package dev.hitless.iommu.conformance.rules;

import org.jspecify.annotations.NullMarked;
