/**
 * Runs scenarios and adds up what came of them. Enter at {@link dev.hitless.iommu.conformance.suite.ConformanceSuite}.
 */
@NullMarked
package dev.hitless.iommu.conformance.suite;

import org.jspecify.annotations.NullMarked;
