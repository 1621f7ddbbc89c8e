package dev.hitless.iommu.conformance.schedule;

import java.util.Arrays;

/**
 * Enumerates schedules, depth first: the first {@link #next} is the one without a preemption that takes operations in their
 * order; each further one differs from that before in the last choice that has an alternative left.
 *
 * <pre>
 *   search = new ScheduleSearch(2);
 *   while (search.next()) {
 *       ... set up, and have an {@link Interleaver} play it
 *   }
 * </pre>
 */
public final class ScheduleSearch {
    private final int bound;
    private int[] taken = new int[64];
    private int[] options = new int[64];
    private int known;
    private int depth;
    private int preemptions;
    private long schedules;
    private boolean over;

    /** @param bound most preemptions in one schedule; 0: each operation runs until it ends or has to wait */
    public ScheduleSearch(int bound) {
        if (bound < 0) {
            throw new IllegalArgumentException("a bound of " + bound + " preemptions; 0 means one after another");
        }
        this.bound = bound;
    }

    /** Moves on; false when all schedules were played. */
    public boolean next() {
        if (schedules > 0 && !advance()) {
            over = true;
        }
        if (over) {
            return false;
        }
        depth = 0;
        preemptions = 0;
        schedules++;
        return true;
    }

    /** Schedules so far, this one included. */
    public long schedules() {
        return schedules;
    }

    /** Preemptions in this schedule so far. */
    public int preemptions() {
        return preemptions;
    }

    /** The choices of this schedule that had an alternative, for people: the same numbers play it again. */
    public String description() {
        StringBuilder text = new StringBuilder();
        int same = 0;
        for (int i = 0; i < depth; i++) {
            if (taken[i] == 0) {
                same++;
            } else {
                text.append(same).append('>').append(taken[i]).append(' ');
                same = 0;
            }
        }
        return text.append(same).toString();
    }

    /** Whether one more preemption is within the bound. */
    boolean mayPreempt() {
        return preemptions < bound;
    }

    /** A preemption was chosen. */
    void preempted() {
        preemptions++;
    }

    /** A number in {@code [0, count)}. */
    int choose(int count) {
        if (count == 1) {
            return 0;
        }
        if (depth == known) {
            remember(count);
        } else if (options[depth] != count) {
            throw new IllegalStateException(
                    "played again, choice " + depth + " has " + count + " alternatives instead of " + options[depth]
                            + ": what is played does not depend on the schedule alone");
        }
        return taken[depth++];
    }

    private void remember(int count) {
        if (known == taken.length) {
            taken = Arrays.copyOf(taken, known * 2);
            options = Arrays.copyOf(options, known * 2);
        }
        taken[known] = 0;
        options[known] = count;
        known++;
    }

    private boolean advance() {
        while (known > 0 && taken[known - 1] + 1 >= options[known - 1]) {
            known--;
        }
        if (known == 0) {
            return false;
        }
        taken[known - 1]++;
        return true;
    }
}
