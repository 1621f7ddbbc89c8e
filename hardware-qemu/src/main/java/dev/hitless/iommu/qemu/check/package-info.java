/**
 * A driver on QEMU, watched by DMA after every single store. Enter at {@link dev.hitless.iommu.qemu.check.QemuScenarios}
 * for what is run, at {@link dev.hitless.iommu.qemu.check.QemuMachine} for what it runs on.
 *
 * <p>A real DMA is asked two questions. Was the driver allowed to let this happen (old or new domain, blocked only where it
 * promised no better)? If not, a conformance rule is broken. And is it one of the outcomes that the observation model derives
 * for this instant from the trace of the same operation? If not, QEMU and the hardware model disagree, and one of the two is
 * wrong, or QEMU departs from its specification in a way that is known and named.
 */
@NullMarked
package dev.hitless.iommu.qemu.check;

import org.jspecify.annotations.NullMarked;
