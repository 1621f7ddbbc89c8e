package dev.hitless.iommu.driver.support.queue;

import dev.hitless.iommu.api.Errno;
import dev.hitless.iommu.api.IommuException;
import dev.hitless.iommu.api.platform.DriverLock;
import dev.hitless.iommu.api.platform.PhysicalMemory;
import dev.hitless.iommu.api.platform.Platform;
import dev.hitless.iommu.api.platform.Waiter;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * A ring of commands that software fills and hardware empties, for any number of users at once.
 *
 * <pre>
 *        consumed              produced
 *            v                     v
 *  ... |done | sent | sent | fence |  free  |  free  | reserved | ...     positions count up, slot = position % entries
 * </pre>
 *
 * <p>Each batch ends with a fence of its own, and whoever submitted it waits for that very fence: nobody takes another's
 * completion for his own. The fence's sequence number is given under the lock that gives its slot, so both go up together
 * (what AMD-Vi fixes 9e249c484128 and CVE-2026-68329 are about). Waiting happens outside of the lock.
 *
 * <p>Hardware that gets stuck is started anew with an empty ring; whatever it had not come to has failed then, and whoever
 * waits for it hears so.
 *
 * <p>Commands between two fences may be carried out in any order: what must come first is waited for first.
 */
public final class CommandRing {
    private final RingGeometry geometry;
    private final PhysicalMemory memory;
    private final Waiter waiter;
    private final DriverLock lock;
    private final QueuePort port;
    private final CompletionStyle completion;
    private final long base;
    private final FailedCommands failed = new FailedCommands();
    private long produced;
    private long consumed;
    private long sequence;
    /** Where hardware stopped last. */
    private long stoppedLast = -1;

    /**
     * Allocates the ring, empty; hardware's head and tail have to be at slot 0.
     *
     * @param lock of this ring; last in the lock order
     * @throws IommuException ENOMEM
     */
    public CommandRing(
            RingGeometry geometry, Platform platform, DriverLock lock, QueuePort port, CompletionStyle completion) {
        this.geometry = geometry;
        this.memory = platform.memory();
        this.waiter = platform.waiter();
        this.lock = lock;
        this.port = port;
        this.completion = completion;
        this.base = memory.allocate(geometry.bytes(), true);
        clean(base, geometry.bytes());
        memory.writeBarrier();
    }

    /** Physical address of slot 0. */
    public long base() {
        return base;
    }

    /** Its shape. */
    public RingGeometry geometry() {
        return geometry;
    }

    /**
     * Has hardware carry out commands and waits until they are complete.
     *
     * @throws IommuException EIO or ETIMEDOUT, as the port says, if hardware rejected or lost one of them; ETIMEDOUT if it
     *     does not come to an end. The others may or may not have been carried out then.
     */
    public void execute(List<long[]> commands) {
        await(submit(commands));
    }

    /** {@link #execute(List)} for one command. */
    public void execute(long... command) {
        execute(List.of(command));
    }

    /**
     * Hands commands and a fence to hardware, in this order, without commands of others in between unless the ring is
     * full. Waits for room only.
     *
     * @return to be given to {@link #await}
     * @throws IommuException ETIMEDOUT if no room comes up; commands before that may be carried out
     */
    public Ticket submit(List<long[]> commands) {
        lock.lock();
        try {
            long first = produced;
            for (long[] command : commands) {
                put(command);
            }
            long number = ++sequence;
            put(completion.fence(number));
            Ticket ticket = new Ticket(first, produced - 1, number);
            failed.opened(ticket);
            port.ringDoorbell(produced);
            return ticket;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits until everything that was submitted with the ticket is complete.
     *
     * @throws IommuException as {@link #execute(List)}
     */
    public void await(Ticket ticket) {
        try {
            // Each round gets one rejected command out of the way; there cannot be more rounds than commands.
            for (long rounds = geometry.entries() + 1L; rounds > 0; rounds--) {
                boolean settled = waiter.await(
                        geometry.name() + " completion " + ticket.sequence(),
                        () -> isSettled(ticket) || port.failure().isPresent(),
                        geometry.timeoutMicros());
                if (!settled && !isSettled(ticket)) {
                    lock.with(() -> giveUp(ticket));
                }
                if (isSettled(ticket)) {
                    throwIfFailed(ticket);
                    return;
                }
                lock.with(this::recover);
            }
            throw new IommuException(Errno.EIO, geometry.name() + " fails again and again; it cannot be used");
        } finally {
            lock.with(() -> failed.closed(ticket));
        }
    }

    /** Gives the ring's memory back. Hardware must have stopped using it. */
    public void free() {
        memory.free(base, geometry.bytes());
    }

    private boolean isSettled(Ticket ticket) {
        return completion.isReached(ticket.sequence(), ticket.fencePosition(), () -> locked(this::consumedNow))
                || locked(() -> failed.isFenceLost(ticket) ? 1 : 0) != 0;
    }

    private void throwIfFailed(Ticket ticket) {
        lock.lock();
        try {
            Optional<QueueFailure> failure = failed.of(ticket);
            if (failure.isPresent()) {
                throw new IommuException(
                        failure.get().errno(),
                        geometry.name() + ": " + failure.get().description() + ", in commands " + ticket.firstPosition()
                                + ".." + ticket.fencePosition());
            }
        } finally {
            lock.unlock();
        }
    }

    /** Puts one entry into the ring. With the lock held. */
    private void put(long[] command) {
        if (command.length != geometry.entryWords()) {
            throw new IllegalArgumentException("a command of " + command.length + " words for " + geometry.name()
                    + ", whose entries have " + geometry.entryWords());
        }
        if (produced - consumedNow() >= geometry.capacity()) {
            port.ringDoorbell(produced);
            waitForRoom();
        }
        write(produced, command);
        produced++;
    }

    private void waitForRoom() {
        BooleanSupplier room = () -> produced - consumedNow() < geometry.capacity();
        for (long rounds = geometry.entries() + 1L; rounds > 0; rounds--) {
            boolean settled = waiter.await(
                    "room in " + geometry.name(),
                    () -> room.getAsBoolean() || port.failure().isPresent(),
                    geometry.timeoutMicros());
            if (!settled && !room.getAsBoolean()) {
                IommuException failure = timedOut("room in the ring");
                startAnew(consumedNow(), stuck());
                throw failure;
            }
            if (room.getAsBoolean()) {
                return;
            }
            recover();
        }
        throw new IommuException(Errno.EIO, geometry.name() + " fails again and again; it cannot be used");
    }

    /** Has hardware go on after a failure, and notes whose commands failed. With the lock held. */
    private void recover() {
        Optional<QueueFailure> failure = port.failure();
        if (failure.isEmpty()) {
            return;
        }
        long stoppedAt = consumedNow();
        // Hardware that does not even take a command that does nothing will not take the next one either.
        if (failure.get().scope() == QueueFailure.Scope.ALL_PENDING || stoppedAt == stoppedLast) {
            startAnew(stoppedAt, failure.get());
            return;
        }
        stoppedLast = stoppedAt;
        failed.add(stoppedAt, stoppedAt, failure.get());
        write(stoppedAt, port.filler());
        port.resume(failure.get());
    }

    /** Hardware does not come to the ticket's fence. With the lock held. */
    private void giveUp(Ticket ticket) {
        if (!failed.isFenceLost(ticket)) {
            startAnew(Math.min(consumedNow(), ticket.fencePosition()), stuck());
        }
    }

    private QueueFailure stuck() {
        return new QueueFailure(
                Errno.ETIMEDOUT,
                "no completion within " + geometry.timeoutMicros() + " us, hardware is at slot " + port.consumerSlot(),
                QueueFailure.Scope.ALL_PENDING);
    }

    /** Everything from {@code position} on has failed. With the lock held. */
    private void startAnew(long position, QueueFailure failure) {
        failed.add(position, produced - 1, failure);
        stoppedLast = -1;
        port.restart(produced);
        consumed = produced;
    }

    private void write(long position, long[] command) {
        long slot = base + 8L * geometry.entryWords() * (position & (geometry.entries() - 1));
        for (int i = 0; i < command.length; i++) {
            memory.store64(slot + 8L * i, command[i]);
        }
        clean(slot, 8L * command.length);
        memory.writeBarrier();
    }

    /** Position of what hardware looks at next. With the lock held. */
    private long consumedNow() {
        long advance = (port.consumerSlot() - consumed) & (geometry.entries() - 1);
        if (consumed + advance > produced) {
            throw new IommuException(
                    Errno.EIO,
                    geometry.name() + ": hardware says that it is at slot " + port.consumerSlot()
                            + ", which was not filled; is the device gone?");
        }
        consumed += advance;
        return consumed;
    }

    private long locked(java.util.function.LongSupplier action) {
        lock.lock();
        try {
            return action.getAsLong();
        } finally {
            lock.unlock();
        }
    }

    private void clean(long address, long bytes) {
        if (!geometry.coherent()) {
            memory.cleanCache(address, bytes);
        }
    }

    private IommuException timedOut(String what) {
        return new IommuException(
                Errno.ETIMEDOUT,
                geometry.name() + ": no " + what + " within " + geometry.timeoutMicros() + " us; " + produced
                        + " commands were given, hardware is at slot " + port.consumerSlot());
    }
}
