/**
 * The drivers on hardware that nobody here wrote: QEMU's IOMMUs. Enter at {@link dev.hitless.iommu.qemu.QemuSuite}.
 *
 * <p>QEMU checks the hardware models, since it was written by others from the same specifications; the models check QEMU, since
 * they derive for every instant what it may do; and both check the driver. Where all agree, that is evidence, not proof: QEMU
 * keeps no copies of PASID entries or device-table entries, has no device that sends PASIDs, and its DMA cannot come in between
 * the parts of one fetch.
 */
@NullMarked
package dev.hitless.iommu.qemu;

import org.jspecify.annotations.NullMarked;
