/**
 * QEMU as a child process, spoken to through its qtest socket: one line of text asks, one line answers, and everything
 * happens in between. Enter at {@link dev.hitless.iommu.qemu.qtest.QemuProcess}.
 */
@NullMarked
package dev.hitless.iommu.qemu.qtest;

import org.jspecify.annotations.NullMarked;
