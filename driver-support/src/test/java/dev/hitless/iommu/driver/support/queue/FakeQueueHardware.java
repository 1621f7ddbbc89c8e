package dev.hitless.iommu.driver.support.queue;

import dev.hitless.iommu.driver.support.FakeMemory;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Takes commands of two words from a ring, as fast as the test says.
 *
 * <pre>
 *  word 0: 1 work, 2 fence that writes word 1 (low half of it) to the address in word 0 above, 3 nothing, 9 illegal
 * </pre>
 */
final class FakeQueueHardware implements QueuePort {
    static final long WORK = 1;
    static final long FENCE = 2;
    static final long NOTHING = 3;
    static final long ILLEGAL = 9;

    final List<Long> done = new ArrayList<>();
    final FakeMemory memory;
    int entries;
    long base;
    long tail;
    long head;
    Optional<QueueFailure> failure = Optional.empty();
    QueueFailure.Scope scope = QueueFailure.Scope.ONE_COMMAND;
    boolean stuckOnError;
    int restarts;
    boolean loseFences;
    /** Does not wait until it is waited for. */
    boolean eager;
    /** From this position on everything is illegal. */
    long rejectsFrom = Long.MAX_VALUE;
    /** As VT-d, whose head is 0 when the queue is switched on. */
    boolean startsAtSlot0;

    FakeQueueHardware(FakeMemory memory) {
        this.memory = memory;
    }

    static long[] fence(long wordAddress, long data) {
        return new long[] {wordAddress << 4 | FENCE, data};
    }

    /** Carries out up to {@code commands} commands. */
    void run(int commands) {
        for (int i = 0; i < commands && head != tail && failure.isEmpty(); i++) {
            long slot = base + 16 * (head % entries);
            long word0 = memory.visible(slot);
            long word1 = memory.visible(slot + 8);
            switch (head < rejectsFrom ? (int) (word0 & 15) : (int) ILLEGAL) {
                case (int) WORK -> done.add(word1);
                case (int) FENCE -> {
                    if (!loseFences) {
                        memory.store64(word0 >>> 4, word1);
                    }
                }
                case (int) NOTHING -> {}
                default -> {
                    failure = Optional.of(new QueueFailure(dev.hitless.iommu.api.Errno.EIO, "illegal", scope));
                    return;
                }
            }
            head++;
        }
    }

    @Override
    public void ringDoorbell(long position) {
        tail = position;
        if (eager) {
            run(entries);
        }
    }

    @Override
    public int consumerSlot() {
        return (int) (head % entries);
    }

    @Override
    public Optional<QueueFailure> failure() {
        return failure;
    }

    @Override
    public void resume(QueueFailure resumed) {
        if (stuckOnError) {
            return;
        }
        failure = Optional.empty();
    }

    @Override
    public long restart(long position) {
        if (stuckOnError) {
            throw new dev.hitless.iommu.api.IommuException(
                    dev.hitless.iommu.api.Errno.ETIMEDOUT, "the queue does not start");
        }
        failure = Optional.empty();
        restarts++;
        head = startsAtSlot0 ? (position + entries - 1) / entries * entries : position;
        tail = head;
        return head;
    }
}
