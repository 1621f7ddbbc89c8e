/**
 * What every driver would otherwise write again. Enter by need:
 *
 * <ul>
 *   <li>{@code update}: change an entry that hardware is reading
 *   <li>{@code pagetable}: map and unmap
 *   <li>{@code queue}: send commands and wait for them
 *   <li>{@code id}: domain ids, ASIDs, VMIDs
 *   <li>{@code track}: what is attached where
 * </ul>
 */
@NullMarked
package dev.hitless.iommu.driver.support;

import org.jspecify.annotations.NullMarked;
