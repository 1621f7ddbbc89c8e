/**
 * Radix page tables, walked and written once for all formats.
 *
 * <p>Enter at {@link dev.hitless.iommu.driver.support.pagetable.PageTable}. A driver brings a
 * {@link dev.hitless.iommu.driver.support.pagetable.PageTableFormat}, a small class that knows the bits, and a
 * {@link dev.hitless.iommu.driver.support.pagetable.TranslationInvalidator}, which makes the hardware forget.
 */
@NullMarked
package dev.hitless.iommu.driver.support.pagetable;

import org.jspecify.annotations.NullMarked;
