/**
 * Sending commands to hardware through a ring in memory, and knowing for certain when they are done.
 *
 * <p>Enter at {@link dev.hitless.iommu.driver.support.queue.CommandRing}. A driver supplies a {@link
 * dev.hitless.iommu.driver.support.queue.QueuePort}, its registers, and a {@link
 * dev.hitless.iommu.driver.support.queue.CompletionStyle}, how hardware tells that it is through: {@link
 * dev.hitless.iommu.driver.support.queue.CompletionWords} or {@link
 * dev.hitless.iommu.driver.support.queue.ConsumerCompletion}. What failed can be asked for again with {@link
 * dev.hitless.iommu.driver.support.queue.Attempts}.
 */
@NullMarked
package dev.hitless.iommu.driver.support.queue;

import org.jspecify.annotations.NullMarked;
