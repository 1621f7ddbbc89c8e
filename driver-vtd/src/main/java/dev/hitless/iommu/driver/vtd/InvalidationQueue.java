package dev.hitless.iommu.driver.vtd;

import dev.hitless.iommu.api.Errno;
import dev.hitless.iommu.api.IommuException;
import dev.hitless.iommu.api.platform.Platform;
import dev.hitless.iommu.api.platform.RegisterBank;
import dev.hitless.iommu.driver.support.queue.Attempts;
import dev.hitless.iommu.driver.support.queue.CommandRing;
import dev.hitless.iommu.driver.support.queue.CompletionWords;
import dev.hitless.iommu.driver.support.queue.QueueFailure;
import dev.hitless.iommu.driver.support.queue.QueuePort;
import dev.hitless.iommu.driver.support.queue.RingGeometry;
import dev.hitless.iommu.driver.support.queue.Ticket;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * The invalidation queue (VT-d spec 6.5.2): descriptors go in at the tail, and a wait descriptor behind them writes its
 * number when they are done.
 *
 * <p>A descriptor that hardware rejects (IQE) is overwritten; after a device that did not answer (ITE) all waits that were
 * under way are void, and the queue goes on; one that shows no progress is switched off and on.
 */
class InvalidationQueue implements QueuePort {
    /** IQA.QS: one page, 128 descriptors of 32 bytes. The least there is: a batch that does not fit waits for room. */
    private static final int SIZE_CODE = 0;

    private static final int SLOTS = 128;
    /** Each wait has a descriptor before it. */
    private static final int MOST_WAITS = SLOTS / 2;

    private static final Attempts ATTEMPTS = new Attempts(3);
    private static final long TIMEOUT_MICROS = 1_000_000;
    private static final int ERRORS = Registers.QUEUE_ERROR | Registers.COMPLETION_ERROR | Registers.DEVICE_TIMEOUT;

    private static final QueueFailure REJECTED = new QueueFailure(
            Errno.EIO, "the IOMMU rejected an invalidation (FSTS.IQE)", QueueFailure.Scope.ONE_COMMAND);
    private static final QueueFailure DEVICE_SILENT = new QueueFailure(
            Errno.ETIMEDOUT, "a device did not complete an invalidation (FSTS.ITE)", QueueFailure.Scope.TAKEN);
    private static final QueueFailure DEVICE_WRONG = new QueueFailure(
            Errno.EIO, "a device completed an invalidation wrongly (FSTS.ICE)", QueueFailure.Scope.TAKEN);

    private final RegisterBank registers;
    private final GlobalCommand command;
    private final CompletionWords completions;
    private final CommandRing ring;

    /** A queue that is not enabled yet. Throws ENOMEM. */
    InvalidationQueue(Platform platform, GlobalCommand command) {
        this.registers = platform.registers();
        this.command = command;
        this.completions = CompletionWords.create(
                platform.memory(), MOST_WAITS, Integer.SIZE, (address, data) -> InvalidationDescriptor.completion(
                                address, (int) data)
                        .words());
        try {
            this.ring = new CommandRing(
                    new RingGeometry(
                            "invalidation queue", SLOTS, InvalidationDescriptor.WORDS, 1, true, TIMEOUT_MICROS),
                    platform,
                    platform.locks().create("vtd.invalidation-queue", "invalidation queue"),
                    this,
                    completions);
        } catch (IommuException e) {
            completions.free();
            throw e;
        }
    }

    /** Makes the hardware use the queue. Throws ETIMEDOUT. */
    void enable() {
        registers.write64(Registers.IQT, 0);
        registers.write64(Registers.IQA, ring.base() | Registers.WIDE_DESCRIPTORS | SIZE_CODE);
        command.set(Registers.QUEUED_INVALIDATION_ENABLE, true, "GSTS.QIES");
    }

    /** Makes the hardware stop. Throws ETIMEDOUT. */
    void disable() {
        command.set(Registers.QUEUED_INVALIDATION_ENABLE, false, "GSTS.QIES");
    }

    /** Gives the memory back. The hardware must have stopped. */
    void free() {
        ring.free();
        completions.free();
    }

    /**
     * Has the hardware execute {@code descriptors}, in no particular order among themselves, and waits until it has. What
     * it did not do is asked for again, twice.
     *
     * @throws IommuException EIO (rejected), ETIMEDOUT (no progress, or a device does not answer)
     */
    void execute(List<InvalidationDescriptor> descriptors) {
        ATTEMPTS.run(() -> executeOnce(descriptors));
    }

    /**
     * Has the hardware execute a descriptor that must not be executed twice.
     *
     * @throws dev.hitless.iommu.driver.support.queue.CommandRejectedException if it was rejected again and again
     * @throws IommuException EIO, ETIMEDOUT, if it may have been executed
     */
    void executeAtMostOnce(InvalidationDescriptor descriptor) {
        ATTEMPTS.runAtMostOnce(() -> executeOnce(List.of(descriptor)));
    }

    /** As {@link #executeOnce(List)}; page requests and responses under way are done on return too. */
    void executeAndDrainPageRequests(List<InvalidationDescriptor> descriptors) {
        ring.await(submit(descriptors, InvalidationDescriptor::drainingPageRequests));
    }

    /** As {@link #execute(List)}, for those who try again themselves. */
    void executeOnce(List<InvalidationDescriptor> descriptors) {
        if (!descriptors.isEmpty()) {
            ring.await(submit(descriptors, UnaryOperator.identity()));
        }
    }

    /** Gives descriptors and their wait to the hardware. */
    Ticket submit(List<InvalidationDescriptor> descriptors, UnaryOperator<long[]> wait) {
        return ring.submit(
                descriptors.stream().map(InvalidationDescriptor::words).toList(), wait);
    }

    @Override
    public void ringDoorbell(long position) {
        registers.write64(Registers.IQT, (position & (SLOTS - 1)) * InvalidationDescriptor.BYTES);
    }

    @Override
    public int consumerSlot() {
        return (int) (registers.read64(Registers.IQH) / InvalidationDescriptor.BYTES) & (SLOTS - 1);
    }

    @Override
    public Optional<QueueFailure> failure() {
        int status = registers.read32(Registers.FSTS);
        if ((status & Registers.DEVICE_TIMEOUT) != 0) {
            return Optional.of(DEVICE_SILENT);
        }
        if ((status & Registers.COMPLETION_ERROR) != 0) {
            return Optional.of(DEVICE_WRONG);
        }
        return (status & Registers.QUEUE_ERROR) != 0 ? Optional.of(REJECTED) : Optional.empty();
    }

    @Override
    public void resume(QueueFailure failure) {
        int error = failure.equals(REJECTED)
                ? Registers.QUEUE_ERROR
                : failure.equals(DEVICE_SILENT) ? Registers.DEVICE_TIMEOUT : Registers.COMPLETION_ERROR;
        registers.write32(Registers.FSTS, error);
    }

    /** Switched on, hardware starts at slot 0. */
    @Override
    public long restart(long position) {
        disable();
        registers.write32(Registers.FSTS, ERRORS);
        enable();
        return position + SLOTS - 1 & -SLOTS;
    }
}
