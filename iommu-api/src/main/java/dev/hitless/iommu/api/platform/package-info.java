/**
 * The platform port: the only way out of a driver. Memory, registers, waiting, locks and events; a driver touches no
 * byte array, lock class, clock or thread of its own.
 */
@NullMarked
package dev.hitless.iommu.api.platform;

import org.jspecify.annotations.NullMarked;
