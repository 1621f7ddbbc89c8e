/**
 * The conformance suite's closed form held against a step-by-step simulator on the real drivers and models. Enter at {@link
 * dev.hitless.iommu.exactness.RealHardwareExactnessTest}. It is here because only here all drivers and models are at hand;
 * a vendor that is added is one more word in that test.
 */
@NullMarked
package dev.hitless.iommu.exactness;

import org.jspecify.annotations.NullMarked;
