package dev.hitless.iommu.conformance.observe;

import java.util.Arrays;

/** Versions of one 64-bit word in the order of the stores that made them. */
final class WordHistory {
    int count;
    long[] value = new long[4];
    int[] from = new int[4];
    int[] until = new int[4];
    byte[] state = new byte[4];
    /** Event that made the version; -1: it was there before. */
    int[] madeBy = new int[4];

    private boolean[] madeWithPair = new boolean[4];

    /**
     * Appends a version.
     *
     * @param event the store, or -1
     * @param visibleFrom first instant at which it can be read
     * @param previousUntil instant from which the previous version cannot be read any more
     */
    void append(long newValue, int event, int visibleFrom, int previousUntil, byte newState) {
        if (count == value.length) {
            value = Arrays.copyOf(value, count * 2);
            from = Arrays.copyOf(from, count * 2);
            until = Arrays.copyOf(until, count * 2);
            state = Arrays.copyOf(state, count * 2);
            madeBy = Arrays.copyOf(madeBy, count * 2);
            madeWithPair = Arrays.copyOf(madeWithPair, count * 2);
        }
        if (count > 0) {
            until[count - 1] = Math.min(until[count - 1], previousUntil);
        }
        value[count] = newValue;
        from[count] = visibleFrom;
        until[count] = VersionSet.NEVER;
        state[count] = newState;
        madeBy[count] = event;
        count++;
    }

    /** The version that {@code event} made; -1 if it made none. */
    int madeBy(int event) {
        for (int v = 0; v < count; v++) {
            if (madeBy[v] == event) {
                return v;
            }
        }
        return -1;
    }

    /** Says that the last version was made by a 128-bit store. */
    void lastMadeWithPair() {
        madeWithPair[count - 1] = true;
    }

    /** First 128-bit store after version {@code v}; {@link VersionSet#NEVER} if there is none. */
    int replacedByPair(int v) {
        for (int later = v + 1; later < count; later++) {
            if (madeWithPair[later]) {
                return madeBy[later];
            }
        }
        return VersionSet.NEVER;
    }
}
