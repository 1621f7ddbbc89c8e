/**
 * The subsystem between the users of IOMMUs and their drivers: it groups devices, checks every request before anything
 * changes, calls the drivers, and publishes the outcome. It never touches hardware.
 *
 * <p>Enter at {@link dev.hitless.iommu.core.IommuCore}. An application makes it from a {@link
 * dev.hitless.iommu.core.DriverCatalog}; whoever has a driver already uses {@link
 * dev.hitless.iommu.core.IommuCore#over}.
 *
 * <p>The order of publication is the heart of it. Attach reserves a slot (which reads as empty), calls the drivers of
 * all devices, then stores the handle. Replace calls the drivers, then stores: the old handle stays visible until every
 * device has switched. Detach calls the drivers, then erases. Nobody removes before a replacement: only a driver can
 * know whether its hardware can switch atomically, so the core calls {@code setDevPasid} and does nothing else.
 *
 * <p>Behaviour follows the Linux IOMMU core; where that has a trap, the Javadoc says what Linux does and what is done
 * here instead.
 */
@NullMarked
package dev.hitless.iommu.core;

import org.jspecify.annotations.NullMarked;
