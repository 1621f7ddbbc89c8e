/**
 * Devices from probe to release. A driver's device class extends {@link
 * dev.hitless.iommu.driver.support.device.ProbedDevice} and adds what its hardware keeps for each; a {@link
 * dev.hitless.iommu.driver.support.device.DeviceSetup} makes it known to the hardware; {@link
 * dev.hitless.iommu.driver.support.device.DeviceRegistry} does the rest.
 */
@NullMarked
package dev.hitless.iommu.driver.support.device;

import org.jspecify.annotations.NullMarked;
