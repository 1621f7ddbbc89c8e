package dev.hitless.iommu.driver.support.queue;

/**
 * Commands that were submitted and are to be waited for with {@link CommandRing#await}, once.
 *
 * @param firstPosition position of the first command
 * @param fencePosition position of the fence behind the last
 * @param sequence number of the fence
 */
public record Ticket(long firstPosition, long fencePosition, long sequence) {}
