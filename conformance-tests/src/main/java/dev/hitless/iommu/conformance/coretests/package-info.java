/**
 * Scenarios for the CORE rules: how a subsystem treats groups of devices, drivers that fail, handles, page requests, resets
 * and address spaces that devices share. Each runs over a driver without hardware and over the driver under test on its
 * hardware model. Enter at {@link dev.hitless.iommu.conformance.coretests.CoreScenarios}.
 */
@NullMarked
package dev.hitless.iommu.conformance.coretests;

import org.jspecify.annotations.NullMarked;
