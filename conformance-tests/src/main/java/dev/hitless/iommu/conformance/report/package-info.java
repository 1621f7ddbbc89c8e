/**
 * What a run of the suite found, as immutable values, and how to write it down. Enter at {@link
 * dev.hitless.iommu.conformance.report.SuiteReport}; {@code conformance.json} is its one source of truth, everything else
 * is made from it.
 */
@NullMarked
package dev.hitless.iommu.conformance.report;

import org.jspecify.annotations.NullMarked;
