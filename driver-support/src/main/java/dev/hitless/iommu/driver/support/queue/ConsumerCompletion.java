package dev.hitless.iommu.driver.support.queue;

import java.util.function.LongSupplier;

/** Completion by the consumer index: it passes a fence only when everything before is complete (SMMUv3 CMD_SYNC). */
public final class ConsumerCompletion implements CompletionStyle {
    private final long[] fence;

    /** @param fence the command, always the same */
    public ConsumerCompletion(long... fence) {
        this.fence = fence.clone();
    }

    @Override
    public long[] fence(long sequence) {
        return fence.clone();
    }

    @Override
    public long[] filler() {
        return fence.clone();
    }

    @Override
    public boolean isReached(long sequence, long position, LongSupplier consumed) {
        return consumed.getAsLong() > position;
    }
}
