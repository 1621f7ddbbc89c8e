/**
 * The hardware-model SPI: what the conformance suite needs to know of an IOMMU, and nothing of any vendor.
 *
 * <p>A model is found by {@link java.util.ServiceLoader} through {@link
 * dev.hitless.iommu.hardware.HardwareModelProvider}. It has three parts: a register file with a command decoder ({@link
 * dev.hitless.iommu.hardware.HardwareModel}), a <em>plain</em> walker that knows nothing of time or caches ({@link
 * dev.hitless.iommu.hardware.Walker}), and declarations: how each structure is fetched ({@link
 * dev.hitless.iommu.hardware.StructureKind}), what may be kept under which tag ({@link
 * dev.hitless.iommu.hardware.CacheKind}, {@link dev.hitless.iommu.hardware.StructureReader#retain}) and what each command
 * drops ({@link dev.hitless.iommu.hardware.Invalidation}). From these the checker derives everything that DMA could have
 * seen. Models know no driver and share no constant with one.
 */
@NullMarked
package dev.hitless.iommu.hardware;

import org.jspecify.annotations.NullMarked;
