/**
 * A platform with two pieces of hardware behind it: QEMU's IOMMU, which answers, and a hardware model, which sees the same
 * stores and register writes and from whose trace everything is derived that QEMU may do. Enter at {@link
 * dev.hitless.iommu.qemu.mirror.MirroringPlatform}.
 */
@NullMarked
package dev.hitless.iommu.qemu.mirror;

import org.jspecify.annotations.NullMarked;
