package dev.hitless.iommu.driver.vtd;

import dev.hitless.iommu.api.Errno;
import dev.hitless.iommu.api.IommuException;
import dev.hitless.iommu.api.platform.DriverLock;
import dev.hitless.iommu.api.platform.PhysicalMemory;
import dev.hitless.iommu.api.platform.Platform;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The invalidation queue (VT-d spec 6.5.2): descriptors go in at the tail, and a wait descriptor behind them writes a
 * status word when they are done. One submission is under way at a time; {@link #execute} returns when it was seen
 * complete.
 *
 * <p>What hardware did not do is asked for again, twice: a descriptor that it rejects (IQE) is overwritten by a wait,
 * after a device that did not answer (ITE) the queue goes on, and one that shows no progress is switched off and on.
 * All descriptors may be executed any number of times.
 */
class InvalidationQueue {
    /** IQA.QS: two pages, 256 descriptors of 32 bytes. */
    private static final int SIZE_CODE = 1;

    private static final int SLOTS = 256;
    private static final long RING_BYTES = (long) SLOTS * InvalidationDescriptor.BYTES;

    /** So that all attempts of one submission, wait descriptors included, fit the ring. */
    private static final int LONGEST_SUBMISSION = 32;

    private static final int ATTEMPTS = 3;
    private static final long TIMEOUT_MICROS = 1_000_000;

    private static final int ERRORS = Registers.QUEUE_ERROR | Registers.COMPLETION_ERROR | Registers.DEVICE_TIMEOUT;

    private final Platform platform;
    private final PhysicalMemory memory;
    private final GlobalCommand command;
    private final DriverLock lock;
    private final long ring;
    private final long status;
    private int tail;
    private int sequence;

    /** A queue that is not enabled yet. Throws ENOMEM. */
    InvalidationQueue(Platform platform, GlobalCommand command) {
        this.platform = platform;
        this.memory = platform.memory();
        this.command = command;
        this.lock = platform.locks().create("vtd.invalidation-queue", "invalidation queue");
        this.ring = memory.allocate(RING_BYTES, true);
        try {
            this.status = memory.allocate(PhysicalMemory.PAGE_BYTES, true);
        } catch (IommuException e) {
            memory.free(ring, RING_BYTES);
            throw e;
        }
    }

    /** Makes the hardware use the queue. Throws ETIMEDOUT. */
    void enable() {
        lock.with(this::start);
    }

    /** Makes the hardware stop. Throws ETIMEDOUT. */
    void disable() {
        lock.with(this::stop);
    }

    /** Gives the memory back. The hardware must have stopped. */
    void free() {
        memory.free(status, PhysicalMemory.PAGE_BYTES);
        memory.free(ring, RING_BYTES);
    }

    /**
     * Has the hardware execute {@code descriptors}, in no particular order among themselves, and waits until it has.
     *
     * @throws IommuException EIO (rejected), ETIMEDOUT (no progress, or a device does not answer)
     */
    void execute(List<InvalidationDescriptor> descriptors) {
        execute(descriptors, false, ATTEMPTS);
    }

    /** As {@link #executeOnce(List)}; page requests and responses under way are done on return too. */
    void executeAndDrainPageRequests(List<InvalidationDescriptor> descriptors) {
        execute(descriptors, true, 1);
    }

    /** As {@link #execute(List)}, for those who try again themselves. */
    void executeOnce(List<InvalidationDescriptor> descriptors) {
        execute(descriptors, false, 1);
    }

    private void execute(List<InvalidationDescriptor> descriptors, boolean drainPageRequests, int attempts) {
        lock.with(() -> {
            for (int first = 0; first < descriptors.size(); first += LONGEST_SUBMISSION) {
                int end = Math.min(first + LONGEST_SUBMISSION, descriptors.size());
                boolean drain = drainPageRequests && end == descriptors.size();
                executeSubmission(descriptors.subList(first, end), drain, attempts);
            }
        });
    }

    private void executeSubmission(List<InvalidationDescriptor> submission, boolean drainPageRequests, int attempts) {
        IommuException failure = null;
        for (int attempt = 0; attempt < attempts; attempt++) {
            submit(submission, drainPageRequests);
            failure = awaitCompletion(submission, failure);
            if (failure == null) {
                return;
            }
        }
        throw Objects.requireNonNull(failure, "at least one attempt");
    }

    /** Fills in descriptors and their wait, then rings the doorbell, which orders the stores before it. */
    void submit(List<InvalidationDescriptor> submission, boolean drainPageRequests) {
        submission.forEach(this::append);
        sequence++;
        append(InvalidationDescriptor.wait(status, sequence, drainPageRequests));
        platform.registers().write64(Registers.IQT, offset(tail));
    }

    /** Waits for the last wait descriptor. Returns what went wrong, after repairing the queue, or null. */
    private @Nullable IommuException awaitCompletion(
            List<InvalidationDescriptor> submission, @Nullable IommuException earlier) {
        boolean over = platform.waiter()
                .await("invalidation wait " + sequence, () -> isComplete() || errors() != 0, TIMEOUT_MICROS);
        if (isComplete()) {
            return null;
        }
        int errors = errors();
        IommuException failure = failure(submission, over ? errors : 0);
        if (earlier != null) {
            failure.addSuppressed(earlier);
        }
        repair(errors);
        return failure;
    }

    private boolean isComplete() {
        return (int) memory.load64(status) == sequence;
    }

    private int errors() {
        return platform.registers().read32(Registers.FSTS) & ERRORS;
    }

    private static IommuException failure(List<InvalidationDescriptor> submission, int errors) {
        if ((errors & Registers.QUEUE_ERROR) != 0) {
            return new IommuException(Errno.EIO, "the IOMMU rejected one of the invalidations " + submission);
        }
        if ((errors & Registers.DEVICE_TIMEOUT) != 0) {
            return new IommuException(Errno.ETIMEDOUT, "a device did not complete one of " + submission);
        }
        if ((errors & Registers.COMPLETION_ERROR) != 0) {
            return new IommuException(Errno.EIO, "a device completed one of " + submission + " wrongly");
        }
        return new IommuException(Errno.ETIMEDOUT, "the IOMMU did not complete the invalidations " + submission);
    }

    /** Gets the queue going again, for whatever comes next. */
    private void repair(int errors) {
        if ((errors & Registers.QUEUE_ERROR) != 0) {
            // The head stays at the descriptor that was rejected. Put a harmless one there; that this wait claims
            // success
            // is of no consequence, the next attempt waits for another number.
            int rejected = (int) (platform.registers().read64(Registers.IQH) / InvalidationDescriptor.BYTES);
            write(rejected, InvalidationDescriptor.wait(status, sequence, false));
        }
        if (errors != 0) {
            platform.registers().write32(Registers.FSTS, errors);
        }
        if (errors == 0 || errors() != 0) {
            // It shows no progress, or does not even take the harmless one: from the beginning, with an empty queue.
            stop();
            platform.registers().write32(Registers.FSTS, ERRORS);
            start();
        }
    }

    private void start() {
        tail = 0;
        platform.registers().write64(Registers.IQT, 0);
        platform.registers().write64(Registers.IQA, ring | Registers.WIDE_DESCRIPTORS | SIZE_CODE);
        command.set(Registers.QUEUED_INVALIDATION_ENABLE, true, "GSTS.QIES");
    }

    private void stop() {
        command.set(Registers.QUEUED_INVALIDATION_ENABLE, false, "GSTS.QIES");
    }

    private void append(InvalidationDescriptor descriptor) {
        write(tail, descriptor);
        tail = (tail + 1) % SLOTS;
    }

    private void write(int slot, InvalidationDescriptor descriptor) {
        long address = ring + offset(slot);
        memory.store64(address, descriptor.word0());
        memory.store64(address + 8, descriptor.word1());
        memory.store64(address + 16, 0);
        memory.store64(address + 24, 0);
    }

    private static long offset(int slot) {
        return (long) slot * InvalidationDescriptor.BYTES;
    }
}
