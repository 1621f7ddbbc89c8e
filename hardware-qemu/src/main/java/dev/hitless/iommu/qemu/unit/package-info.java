/**
 * QEMU's three IOMMUs: how each is started, where its registers are, which options make a hardware model the same hardware,
 * and how it is known to depart from its specification. Enter at {@link dev.hitless.iommu.qemu.unit.EmulatedIommu}.
 */
@NullMarked
package dev.hitless.iommu.qemu.unit;

import org.jspecify.annotations.NullMarked;
