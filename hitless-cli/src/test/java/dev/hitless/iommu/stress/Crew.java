package dev.hitless.iommu.stress;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/** Operations under way, each in a thread of its own, all let go at once. Operation n is bit n of a mask. */
final class Crew {
    /** Each waits for up to so many turns of a loop, so that it is not always the same one that is ahead. */
    private static final int LONGEST_DELAY = 3_000;

    private final AtomicBoolean go = new AtomicBoolean();
    private final AtomicInteger begun = new AtomicInteger();
    private final AtomicInteger over = new AtomicInteger();
    private final AtomicBoolean overlapped = new AtomicBoolean();
    private final Queue<String> failures = new ConcurrentLinkedQueue<>();
    private final List<Thread> threads = new ArrayList<>();

    /** @param delays decides who waits for how long */
    Crew(List<Runnable> operations, SplittableRandom delays) {
        for (int i = 0; i < operations.size(); i++) {
            int bit = 1 << i;
            int delay = delays.nextInt(LONGEST_DELAY);
            Runnable operation = operations.get(i);
            Thread thread = new Member(() -> perform(operation, bit, delay), "operation-" + i);
            thread.start();
            threads.add(thread);
        }
    }

    /** A thread of a crew. */
    private static final class Member extends Thread {
        Member(Runnable task, String name) {
            super(task, name);
            setDaemon(true);
        }
    }

    /** Whether the calling thread is one of a crew's, and not one that sets up or takes down. */
    static boolean isCalling() {
        return Thread.currentThread() instanceof Member;
    }

    private void perform(Runnable operation, int bit, int delay) {
        while (!go.get()) {
            Thread.onSpinWait();
        }
        for (int i = 0; i < delay; i++) {
            Thread.onSpinWait();
        }
        int others = begun.getAndAccumulate(bit, (mask, one) -> mask | one);
        if ((others & ~over.get()) != 0) {
            overlapped.set(true);
        }
        try {
            operation.run();
        } catch (RuntimeException | Error thrown) {
            failures.add("operation " + Integer.numberOfTrailingZeros(bit) + " threw " + thrown);
        }
        over.accumulateAndGet(bit, (mask, one) -> mask | one);
    }

    void letGo() {
        go.set(true);
    }

    /** The operations that have been called. */
    int begun() {
        return begun.get();
    }

    /** The operations that have returned. */
    int over() {
        return over.get();
    }

    boolean isOver() {
        return over.get() == (1 << threads.size()) - 1;
    }

    /** Whether one began while another was under way. */
    boolean hasOverlapped() {
        return overlapped.get();
    }

    /** For operations that are stuck. */
    void interrupt() {
        threads.forEach(Thread::interrupt);
    }

    /** What was thrown. A copy. */
    List<String> failures() {
        return List.copyOf(failures);
    }

    /** Threads that wait for each other and always will. */
    static Optional<String> deadlock() {
        long[] stuck = ManagementFactory.getThreadMXBean().findDeadlockedThreads();
        return stuck == null
                ? Optional.empty()
                : Optional.of("deadlock: "
                        + List.of(ManagementFactory.getThreadMXBean().getThreadInfo(stuck, true, true)));
    }
}
