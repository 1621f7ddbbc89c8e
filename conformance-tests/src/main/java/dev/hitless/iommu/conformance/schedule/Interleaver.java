package dev.hitless.iommu.conformance.schedule;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Plays one schedule after another: runs each operation on a thread of its own, of which exactly one runs at a time, and
 * asks a {@link ScheduleSearch} whenever there is a choice. A thread is only woken when the running one really changes.
 *
 * <p>Use from one thread; close it, to end the threads.
 */
public final class Interleaver implements Turns, AutoCloseable {
    /** Far more than any operation needs; reached only by one that never ends. */
    private static final int MOST_POINTS = 1_000_000;

    private static final int NOBODY = -1;

    private final ScheduleSearch search;
    private final ExecutorService threads = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "operation");
        thread.setDaemon(true);
        return thread;
    });
    private Runnable onlooker = () -> {};
    private boolean looking;
    private volatile int turn = NOBODY;
    private volatile @Nullable Thread starter;
    private Player[] players = new Player[0];
    private long progress;
    private int points;
    private String deadlock = "";
    private @Nullable RuntimeException endless;

    /** Plays what {@code search} says. */
    public Interleaver(ScheduleSearch search) {
        this.search = search;
    }

    /**
     * From now on {@code onlooker} is run at every point, on whose turn it is. It may look at what operations change, but not
     * wait: a lock that is not free is an {@link IllegalStateException} for it.
     */
    public void watchedBy(Runnable someone) {
        onlooker = someone;
    }

    /** One operation in a schedule. All fields belong to whoever has the turn. */
    private static final class Player {
        private volatile @Nullable Thread thread;
        private @Nullable BooleanSupplier free;
        private String waitsFor = "";
        private boolean canGiveUp;
        private boolean gaveUp;
        private boolean polling;
        private boolean finished;
        private @Nullable Throwable thrown;
    }

    /** Unwinds an operation that can never go on. Not an exception, so that no driver handles it. */
    private static final class Abandoned extends Error {
        private static final long serialVersionUID = 1;

        Abandoned() {
            super("abandoned", null, false, false);
        }
    }

    /**
     * Plays the schedule at which the search stands.
     *
     * @return the deadlock that it ended in; empty if all operations ended
     * @throws RuntimeException what an operation threw; it should see to its own exceptions
     */
    public Optional<String> play(List<Runnable> operations) {
        players = new Player[operations.size()];
        progress = 0;
        points = 0;
        deadlock = "";
        endless = null;
        starter = Thread.currentThread();
        turn = NOBODY;
        for (int i = 0; i < players.length; i++) {
            players[i] = new Player();
        }
        for (int i = 0; i < players.length; i++) {
            int number = i;
            threads.execute(() -> perform(number, operations.get(number)));
        }
        give(pick(NOBODY));
        awaitTurn(NOBODY);
        rethrow();
        return deadlock.isEmpty() ? Optional.empty() : Optional.of(deadlock);
    }

    private void perform(int number, Runnable operation) {
        Player me = players[number];
        me.thread = Thread.currentThread();
        awaitTurn(number);
        try {
            if (isOver()) {
                return;
            }
            operation.run();
        } catch (Abandoned unwound) {
            // That was its purpose.
        } catch (RuntimeException | Error thrown) {
            me.thrown = thrown;
        } finally {
            me.finished = true;
            progress++;
            giveAfterEnd();
        }
    }

    private void giveAfterEnd() {
        int next = NOBODY;
        for (int i = 0; i < players.length; i++) {
            if (!players[i].finished) {
                next = i;
            }
        }
        if (next != NOBODY && !isOver()) {
            int picked = pick(NOBODY);
            next = picked == NOBODY ? next : picked;
        }
        give(next);
    }

    private boolean isOver() {
        return !deadlock.isEmpty() || endless != null;
    }

    private void rethrow() {
        if (endless != null) {
            throw endless;
        }
        for (Player player : players) {
            if (player.thrown instanceof RuntimeException exception) {
                throw exception;
            }
            if (player.thrown instanceof Error error) {
                throw error;
            }
        }
    }

    @Override
    public int running() {
        return turn;
    }

    @Override
    public void point() {
        int me = turn;
        abandonIfOver();
        if (looking) {
            return;
        }
        look();
        if (++points > MOST_POINTS) {
            endless = new IllegalStateException("no end after " + MOST_POINTS + " steps of the operations together");
            throw new Abandoned();
        }
        if (search.mayPreempt()) {
            int next = pick(me);
            if (next != me) {
                search.preempted();
                handOver(me, next);
            }
        }
        if (!players[me].polling) {
            progress++;
        }
    }

    private void look() {
        looking = true;
        try {
            onlooker.run();
        } finally {
            looking = false;
        }
    }

    @Override
    public void block(String what, BooleanSupplier free) {
        if (looking) {
            throw new IllegalStateException("an onlooker would have to wait for " + what);
        }
        waitFor(what, free, false);
    }

    @Override
    public boolean letOthersAct(String what) {
        long seen = progress;
        return !waitFor(what, () -> progress > seen, true);
    }

    /** Returns whether it gave up. */
    private boolean waitFor(String what, BooleanSupplier free, boolean canGiveUp) {
        abandonIfOver();
        int number = turn;
        Player me = players[number];
        me.free = free;
        me.waitsFor = what;
        me.canGiveUp = canGiveUp;
        me.gaveUp = false;
        int next = pick(NOBODY);
        if (next == NOBODY) {
            throw new Abandoned();
        }
        if (next != number) {
            handOver(number, next);
        }
        me.free = null;
        me.waitsFor = "";
        me.canGiveUp = false;
        return me.gaveUp;
    }

    @Override
    public void hardwareActed() {
        progress++;
    }

    @Override
    public boolean poll(BooleanSupplier condition) {
        Player me = players[turn];
        me.polling = true;
        try {
            return condition.getAsBoolean();
        } finally {
            me.polling = false;
        }
    }

    /**
     * Who goes on. The first alternative is {@code current}, if it can; then the others in their order.
     *
     * @param current who could go on, or {@link #NOBODY} if the one that runs cannot
     * @return {@link #NOBODY} if nobody can ever go on: a deadlock
     */
    private int pick(int current) {
        int[] able = new int[players.length];
        int count = 0;
        if (current != NOBODY) {
            able[count++] = current;
        }
        for (int i = 0; i < players.length; i++) {
            if (i != current && canGoOn(players[i])) {
                able[count++] = i;
            }
        }
        if (count > 0) {
            return able[search.choose(count)];
        }
        for (int i = 0; i < players.length; i++) {
            if (!players[i].finished && players[i].canGiveUp) {
                players[i].gaveUp = true;
                return i;
            }
        }
        deadlock = describeDeadlock();
        return NOBODY;
    }

    private static boolean canGoOn(Player player) {
        return !player.finished && (player.free == null || player.free.getAsBoolean());
    }

    private String describeDeadlock() {
        List<String> waits = new ArrayList<>();
        for (int i = 0; i < players.length; i++) {
            if (!players[i].finished) {
                waits.add("operation " + (i + 1) + " waits for " + players[i].waitsFor);
            }
        }
        return String.join("; ", waits);
    }

    private void handOver(int me, int next) {
        give(next);
        awaitTurn(me);
        abandonIfOver();
    }

    private void abandonIfOver() {
        if (isOver()) {
            throw new Abandoned();
        }
    }

    private void give(int next) {
        // First the turn, then the look at who gets it: he notes his thread before he looks at the turn.
        @Nullable Player player = next == NOBODY ? null : players[next];
        turn = next;
        @Nullable Thread receiver = player == null ? starter : player.thread;
        if (receiver != null) {
            LockSupport.unpark(receiver);
        }
    }

    /** Whoever has the turn has seen everything that those before did: {@code turn} is volatile. */
    private void awaitTurn(int me) {
        while (turn != me) {
            LockSupport.park(this);
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
