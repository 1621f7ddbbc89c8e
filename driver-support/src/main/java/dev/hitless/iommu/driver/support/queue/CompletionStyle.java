package dev.hitless.iommu.driver.support.queue;

import java.util.function.LongSupplier;

/** How hardware tells that all commands up to a fence are complete. */
public interface CompletionStyle {
    /**
     * The fence to put behind a batch: VT-d invalidation wait, SMMUv3 CMD_SYNC, AMD-Vi COMPLETION_WAIT. Called with the
     * ring's lock held, so that sequence numbers go up in the order of the fences.
     *
     * @param sequence 1 for the first fence of the ring, then one more each time
     */
    long[] fence(long sequence);

    /** A command that does nothing, to overwrite a rejected one with: a fence that nobody waits for. Lock held. */
    long[] filler();

    /**
     * Whether hardware is past the fence.
     *
     * @param sequence of the fence
     * @param position of the fence
     * @param consumed positions below are consumed; reads a register
     */
    boolean isReached(long sequence, long position, LongSupplier consumed);
}
