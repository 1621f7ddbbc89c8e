/**
 * What to run: transitions, times hardware, times company; generated from what the driver claims and what the hardware
 * can be, not written out by hand. Enter at {@link dev.hitless.iommu.conformance.scenario.ScenarioGenerator}.
 */
@NullMarked
package dev.hitless.iommu.conformance.scenario;

import org.jspecify.annotations.NullMarked;
