/**
 * Memory that hardware reads. Enter at {@link dev.hitless.iommu.driver.support.memory.EntryMemory}, for tables of entries;
 * {@link dev.hitless.iommu.driver.support.memory.AddressSpan} is what an invalidation can name of the addresses behind
 * them.
 */
@NullMarked
package dev.hitless.iommu.driver.support.memory;

import org.jspecify.annotations.NullMarked;
