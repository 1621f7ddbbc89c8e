package dev.hitless.iommu.driver.support.queue;

import dev.hitless.iommu.api.Errno;
import dev.hitless.iommu.api.IommuException;
import dev.hitless.iommu.api.platform.DriverLock;
import dev.hitless.iommu.api.platform.Platform;
import dev.hitless.iommu.api.platform.Waiter;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

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
 * (what AMD-Vi fixes 9e249c484128 and CVE-2026-68329 are about). Waiting for completion happens outside of the lock.
 * Waiting for room happens inside of it, so that a batch stays in one piece: that is no deadlock, since what makes room is
 * hardware, which takes no locks, and whoever waits for room repairs the queue himself if it stops.
 *
 * <p>Hardware that stops at a rejected command goes on behind it; one that gets stuck is started anew with an empty ring.
 * Whatever is not known to be complete then has failed, and whoever waits for it hears so.
 *
 * <p>Commands between two fences may be carried out in any order: what must come first is waited for first.
 */
public final class CommandRing {
    private final RingGeometry geometry;
    private final Waiter waiter;
    private final DriverLock lock;
    private final QueuePort port;
    private final CompletionStyle completion;
    private final RingSlots slots;
    private final FailedCommands failed = new FailedCommands();
    private long produced;
    private long consumed;
    private long sequence;
    /** First position of the batch that is being put into the ring; {@link #produced} if none is. */
    private long batch;

    private @Nullable Stop lastStop;
    private boolean restartFailed;

    /** Where hardware stopped, and why. */
    private record Stop(long position, QueueFailure failure) {}

    /**
     * Allocates the ring, empty; hardware's head and tail have to be at slot 0.
     *
     * @param lock of this ring; last in the lock order, but for locks that the port takes
     * @throws IommuException ENOMEM
     */
    public CommandRing(
            RingGeometry geometry, Platform platform, DriverLock lock, QueuePort port, CompletionStyle completion) {
        this.geometry = geometry;
        this.waiter = platform.waiter();
        this.lock = lock;
        this.port = port;
        this.completion = completion;
        this.slots = new RingSlots(geometry, platform.memory());
    }

    /** Physical address of slot 0. */
    public long base() {
        return slots.base();
    }

    /** Its shape. */
    public RingGeometry geometry() {
        return geometry;
    }

    /**
     * Has hardware carry out commands and waits until they are complete. No commands, no waiting.
     *
     * @throws IommuException EIO or ETIMEDOUT, as the port says, if hardware rejected or lost one of them; ETIMEDOUT if it
     *     does not come to an end. The others may or may not have been carried out then.
     */
    public void execute(List<long[]> commands) {
        if (!commands.isEmpty()) {
            await(submit(commands));
        }
    }

    /** {@link #execute(List)} for one command. */
    public void execute(long... command) {
        execute(List.of(command));
    }

    /** {@link #submit(List, UnaryOperator)} with an ordinary fence. */
    public Ticket submit(List<long[]> commands) {
        return submit(commands, UnaryOperator.identity());
    }

    /**
     * Hands commands and a fence to hardware, in this order and without commands of others in between. Waits for room
     * only.
     *
     * @param fence makes the ordinary fence a special one, which is told as complete in the same way
     * @return to be given to {@link #await}
     * @throws IommuException ETIMEDOUT if no room comes up; commands before that may be carried out
     */
    public Ticket submit(List<long[]> commands, UnaryOperator<long[]> fence) {
        lock.lock();
        try {
            if (restartFailed) {
                startAnew(stuck());
            }
            batch = produced;
            commands.forEach(this::put);
            put(fence.apply(completion.fence(++sequence)));
            Ticket ticket = new Ticket(batch, produced - 1, sequence);
            failed.opened(ticket);
            ringDoorbell();
            return ticket;
        } finally {
            batch = produced;
            lock.unlock();
        }
    }

    /**
     * Waits until everything that was submitted with the ticket is complete.
     *
     * @throws CommandRejectedException if one of the commands themselves was rejected
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
            throw failsAgainAndAgain();
        } finally {
            lock.with(() -> failed.closed(ticket));
        }
    }

    /** Gives the ring's memory back. Hardware must have stopped using it. */
    public void free() {
        slots.free();
    }

    private boolean isSettled(Ticket ticket) {
        return isReached(ticket, () -> locked(this::consumedNow)) || locked(() -> isLostAndPassed(ticket) ? 1 : 0) != 0;
    }

    /** With its fence lost, nothing is to be waited for but that hardware goes on behind it. With the lock held. */
    private boolean isLostAndPassed(Ticket ticket) {
        return failed.isFenceLost(ticket) && consumedNow() > ticket.fencePosition();
    }

    private boolean isReached(Ticket ticket, LongSupplier now) {
        return completion.isReached(ticket.sequence(), ticket.fencePosition(), now);
    }

    private void throwIfFailed(Ticket ticket) {
        lock.lock();
        try {
            failed.of(ticket, geometry.name()).ifPresent(failure -> {
                throw failure;
            });
        } finally {
            lock.unlock();
        }
    }

    /** Puts one entry into the ring. With the lock held. */
    private void put(long[] command) {
        if (!hasRoom()) {
            ringDoorbell();
            waitForRoom();
        }
        slots.write(produced, command);
        produced++;
    }

    /** Looks at hardware only if there was no room when it was looked at last: it never takes room away. */
    private boolean hasRoom() {
        return produced - consumed < geometry.capacity() || produced - consumedNow() < geometry.capacity();
    }

    private void waitForRoom() {
        BooleanSupplier roomOrStop = () -> hasRoom() || port.failure().isPresent();
        for (long rounds = geometry.entries() + 1L; rounds > 0; rounds--) {
            boolean settled = waiter.await("room in " + geometry.name(), roomOrStop, geometry.timeoutMicros());
            if (!settled && !hasRoom()) {
                QueueFailure failure = stuck();
                startAnew(failure);
                throw new IommuException(failure.errno(), geometry.name() + ": no room, " + failure.description());
            }
            if (hasRoom()) {
                return;
            }
            recover();
        }
        throw failsAgainAndAgain();
    }

    /** Has hardware go on after a failure, and notes whose commands failed. With the lock held. */
    private void recover() {
        Optional<QueueFailure> stopped = port.failure();
        if (stopped.isEmpty()) {
            return;
        }
        QueueFailure failure = stopped.get();
        Stop stop = new Stop(consumedNow(), failure);
        boolean atNothing = failure.scope() == QueueFailure.Scope.ONE_COMMAND && stop.position() == produced;
        // Hardware that does not even take a command that does nothing will not take the next one either.
        if (failure.scope() == QueueFailure.Scope.ALL_PENDING || atNothing || stop.equals(lastStop)) {
            startAnew(failure);
            return;
        }
        lastStop = stop;
        if (failure.scope() == QueueFailure.Scope.ONE_COMMAND) {
            failed.add(stop.position(), stop.position(), failure);
            slots.write(stop.position(), completion.filler());
        } else {
            failed.add(oldestIncomplete(), stop.position() - 1, failure);
        }
        slots.publish();
        port.resume(failure);
        port.ringDoorbell(produced);
    }

    /** Hardware does not come to the ticket's fence. With the lock held. */
    private void giveUp(Ticket ticket) {
        if (!isLostAndPassed(ticket)) {
            startAnew(stuck());
        }
    }

    private QueueFailure stuck() {
        return new QueueFailure(
                Errno.ETIMEDOUT,
                "nothing within " + geometry.timeoutMicros() + " us, hardware is at slot " + port.consumerSlot()
                        + ", the driver at " + (produced & (geometry.entries() - 1)),
                QueueFailure.Scope.ALL_PENDING);
    }

    private IommuException failsAgainAndAgain() {
        return new IommuException(Errno.EIO, geometry.name() + " fails again and again; it cannot be used");
    }

    /** Everything that is not complete has failed. With the lock held. */
    private void startAnew(QueueFailure failure) {
        failed.add(oldestIncomplete(), produced - 1, failure);
        lastStop = null;
        restartFailed = true;
        produced = port.restart(produced);
        consumed = produced;
        restartFailed = false;
    }

    /** Hardware passes commands before they are complete; only a fence tells. With the lock held. */
    private long oldestIncomplete() {
        return failed.oldest(ticket -> isReached(ticket, this::consumedNow), batch);
    }

    private void ringDoorbell() {
        slots.publish();
        port.ringDoorbell(produced);
    }

    /** Position of what hardware looks at next. With the lock held. */
    private long consumedNow() {
        int slot = port.consumerSlot();
        long advance = (slot - consumed) & (geometry.entries() - 1);
        if (consumed + advance > produced) {
            throw new IommuException(
                    Errno.EIO,
                    geometry.name() + ": hardware says that it is at slot " + slot
                            + ", which was not filled; is the device gone?");
        }
        consumed += advance;
        return consumed;
    }

    private long locked(LongSupplier action) {
        lock.lock();
        try {
            return action.getAsLong();
        } finally {
            lock.unlock();
        }
    }
}
