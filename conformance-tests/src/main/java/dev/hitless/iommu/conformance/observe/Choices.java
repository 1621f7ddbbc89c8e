package dev.hitless.iommu.conformance.observe;

import java.util.Arrays;

/** Depth-first enumeration of choices: the same program run again takes the next path. */
final class Choices {
    private int[] taken = new int[32];
    private int[] options = new int[32];
    private int depth;
    private int known;

    void reset() {
        depth = 0;
        known = 0;
    }

    /** A number in {@code [0, count)}. */
    int choose(int count) {
        if (depth < known) {
            return taken[depth++];
        }
        if (known == taken.length) {
            taken = Arrays.copyOf(taken, known * 2);
            options = Arrays.copyOf(options, known * 2);
        }
        taken[known] = 0;
        options[known] = count;
        known++;
        depth++;
        return 0;
    }

    /** Moves on to the next path; false if all were taken. */
    boolean advance() {
        while (known > 0 && taken[known - 1] + 1 >= options[known - 1]) {
            known--;
        }
        depth = 0;
        if (known == 0) {
            return false;
        }
        taken[known - 1]++;
        return true;
    }
}
