package dev.hitless.iommu.conformance.observe;

import dev.hitless.iommu.hardware.CacheKind;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The structures of one walk, each with the interval of instants at which its reading can have been complete.
 *
 * <p>For structure {@code n}: {@code low[n]} is the earliest such instant, {@code high[n]} the latest, and {@code
 * oldest[n]} the latest instant at which its earliest-read quantum can have been read. A kept structure read at {@code r =
 * min(oldest, completion)} is usable until its {@link InvalidationHistory#goneAt} of {@code r}, which grows with {@code
 * r}; so the latest solution is the best one, and the intervals say all.
 */
final class Chain {
    private final InvalidationHistory invalidations;
    private int depth;
    private int[] low = new int[16];
    private int[] high = new int[16];
    private int[] oldest = new int[16];
    private @Nullable CacheKind[] cache = new CacheKind[16];
    private long[] tag = new long[16];
    private long[] firstAddress = new long[16];
    private long[] lengthBytes = new long[16];

    Chain(InvalidationHistory invalidations) {
        this.invalidations = invalidations;
    }

    void clear() {
        depth = 0;
    }

    boolean isEmpty() {
        return depth == 0;
    }

    /** Earliest instant at which the pointer to the next structure can be known. */
    int earliest() {
        return depth == 0 ? 0 : low[depth - 1];
    }

    /** Instant from which the last structure is certainly gone, if its reader read no later than {@code latestUse}. */
    int lastGoneAt(int latestUse) {
        if (depth == 0) {
            return VersionSet.NEVER;
        }
        int n = depth - 1;
        int readAt = Math.min(Math.min(oldest[n], high[n]), latestUse);
        CacheKind kept = cache[n];
        return kept == null
                ? VersionSet.NEVER
                : invalidations.goneAt(readAt, kept, tag[n], firstAddress[n], lengthBytes[n]);
    }

    /**
     * Adds a structure that hardware may keep.
     *
     * @param readLow earliest instant at which all of it can have been read
     * @param readOldest latest instant at which its earliest-read quantum can have been read
     * @param readHigh latest instant at which all of it can have been read
     * @return false if there is no instant at which it can have been read while the last structure was usable
     */
    boolean addKept(int readLow, int readOldest, int readHigh, CacheKind kind, long newTag, long first, long length) {
        int gone = lastGoneAt(readOldest);
        int lowest = Math.max(readLow, earliest());
        int highest = Math.min(readHigh, gone - 1);
        if (lowest > highest) {
            return false;
        }
        push(lowest, highest, readOldest, kind, newTag, first, length);
        return true;
    }

    /** Adds a structure that was read at {@code now}, for this request alone. */
    boolean addMomentary(int now) {
        if (lastGoneAt(now) <= now || earliest() > now) {
            return false;
        }
        push(now, now, now, null, 0, 0, 0);
        return true;
    }

    /** Whether the last structure can be used at {@code now}. */
    boolean lastUsableAt(int now) {
        if (depth == 0) {
            return true;
        }
        return lastGoneAt(now) > now;
    }

    /**
     * Whether a translation made by this chain can still be in {@code kind} at {@code now}: for every command that covers
     * it and was seen complete by then, every part that the command covers was read at or after its submission.
     */
    boolean translationUsableAt(int now, CacheKind kind, long itsTag, long first, long length) {
        if (depth == 0) {
            return translationSurvives(now, now, kind, itsTag, first, length, 0);
        }
        return translationSurvives(
                now, Math.min(oldest[depth - 1], high[depth - 1]), kind, itsTag, first, length, depth - 1);
    }

    private boolean translationSurvives(
            int now, int leafRead, CacheKind kind, long itsTag, long first, long length, int leaf) {
        for (int i = 0; i < invalidations.count(); i++) {
            if (invalidations.observed(i) > now || !invalidations.covers(i, kind, itsTag, first, length)) {
                continue;
            }
            int read = leafRead;
            int latest = leafRead;
            for (int n = leaf - 1; n >= 0; n--) {
                latest = Math.min(latest, Math.min(oldest[n], high[n]));
                CacheKind kept = cache[n];
                if (kept != null && invalidations.covers(i, kept, tag[n], firstAddress[n], lengthBytes[n])) {
                    read = Math.min(read, latest);
                }
            }
            if (read < invalidations.submitted(i)) {
                return false;
            }
        }
        return true;
    }

    private void push(
            int lowest, int highest, int read, @Nullable CacheKind kind, long newTag, long first, long length) {
        if (depth == low.length) {
            grow();
        }
        low[depth] = lowest;
        high[depth] = highest;
        oldest[depth] = read;
        cache[depth] = kind;
        tag[depth] = newTag;
        firstAddress[depth] = first;
        lengthBytes[depth] = length;
        depth++;
    }

    private void grow() {
        int size = depth * 2;
        low = Arrays.copyOf(low, size);
        high = Arrays.copyOf(high, size);
        oldest = Arrays.copyOf(oldest, size);
        cache = Arrays.copyOf(cache, size);
        tag = Arrays.copyOf(tag, size);
        firstAddress = Arrays.copyOf(firstAddress, size);
        lengthBytes = Arrays.copyOf(lengthBytes, size);
    }
}
