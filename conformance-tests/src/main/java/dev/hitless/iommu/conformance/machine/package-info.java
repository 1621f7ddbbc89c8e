/**
 * A machine to run a driver on: a hardware model, the recording platform, the driver, devices, and domains whose
 * translations are known beforehand. Enter at {@link dev.hitless.iommu.conformance.machine.Machine}.
 */
@NullMarked
package dev.hitless.iommu.conformance.machine;

import org.jspecify.annotations.NullMarked;
