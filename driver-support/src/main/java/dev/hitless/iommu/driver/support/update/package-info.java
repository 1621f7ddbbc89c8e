/**
 * Changing an entry that hardware is reading: context, PASID, stream table, context descriptor, device table entries.
 *
 * <p>The driver describes its entry by an {@link dev.hitless.iommu.driver.support.update.EntryLayout}. A {@link
 * dev.hitless.iommu.driver.support.update.UpdatePlanner} turns the live entry and the target into an {@link
 * dev.hitless.iommu.driver.support.update.UpdatePlan}, which is plain data. A {@link
 * dev.hitless.iommu.driver.support.update.PlanExecutor} carries it out.
 */
@NullMarked
package dev.hitless.iommu.driver.support.update;

import org.jspecify.annotations.NullMarked;
