/**
 * What is around the IOMMU in QEMU's machines: firmware that does nothing, PCI configuration, and the {@code edu} device,
 * which does DMA when told to. Enter at {@link dev.hitless.iommu.qemu.board.Board}.
 */
@NullMarked
package dev.hitless.iommu.qemu.board;

import org.jspecify.annotations.NullMarked;
