package dev.hitless.iommu.conformance.observe;

import dev.hitless.iommu.hardware.CacheKind;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The structures of one walk, each with the interval of instants at which its reading can have been complete.
 *
 * <p>For structure {@code n}: {@code low[n]} is the earliest such instant, {@code high[n]} the latest, and {@code
 * oldest[n]} the latest instant at which its earliest-read quantum can have been read. The later a kept structure and those
 * before it were read, the longer it is usable; so the latest solution is the best one, and the intervals say all.
 */
final class Chain {
    private final InvalidationHistory invalidations;
    private int depth;
    private int[] low = new int[16];
    private int[] high = new int[16];
    private int[] oldest = new int[16];
    /** The earliest of {@link #readAt} up to here. */
    private int[] readFirst = new int[16];

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

    /** Earliest instant at which the pointer to the next structure can be known. */
    int earliest() {
        return depth == 0 ? 0 : low[depth - 1];
    }

    /** Whether it leads through a kept entry of a page table that is not a leaf and is found under {@code wanted}. */
    boolean leadsThroughPagingStructure(long wanted) {
        for (int n = 0; n < depth; n++) {
            CacheKind kept = cache[n];
            if (kept != null && kept.role() == CacheKind.Role.PAGING_STRUCTURE && tag[n] == wanted) {
                return true;
            }
        }
        return false;
    }

    /** Instant from which the last structure is certainly gone, if its reader read no later than {@code latestUse}. */
    int lastGoneAt(int latestUse) {
        CacheKind kept = depth == 0 ? null : cache[depth - 1];
        if (kept == null) {
            return VersionSet.NEVER;
        }
        int n = depth - 1;
        return goneAt(n, latestUse, kept, tag[n], firstAddress[n], lengthBytes[n]);
    }

    /**
     * Instant from which a copy is certainly gone that was made of structures {@code 0 .. last}, if its reader read no
     * later than {@code latestUse}. For each command the copy counts as read when the earliest of those of its structures
     * that the command covers was read: an invalidation also stops
     * the walks that started from what it drops.
     */
    private int goneAt(int last, int latestUse, CacheKind kind, long itsTag, long first, long length) {
        int gone = VersionSet.NEVER;
        int latest = Math.min(latestUse, readAt(last));
        for (int i = 0; i < invalidations.count(); i++) {
            if (invalidations.observed(i) < gone
                    && invalidations.submitted(i) > Math.min(latest, readFirst[last])
                    && invalidations.covers(i, kind, itsTag, first, length)
                    && invalidations.submitted(i) > countsAsReadAt(last, latest, i)) {
                gone = invalidations.observed(i);
            }
        }
        return gone;
    }

    private int countsAsReadAt(int last, int latestUse, int invalidation) {
        int read = latestUse;
        int latest = latestUse;
        for (int n = last - 1; n >= 0; n--) {
            latest = Math.min(latest, readAt(n));
            CacheKind kept = cache[n];
            if (kept != null && invalidations.covers(invalidation, kept, tag[n], firstAddress[n], lengthBytes[n])) {
                read = latest;
            }
        }
        return read;
    }

    private int readAt(int n) {
        return Math.min(oldest[n], high[n]);
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
     * Instant from which a translation is certainly gone that is finished from this chain, at {@code now} or, if the last
     * structure cannot be used as late as that, while it still can; 0 if it cannot be finished. The chain cannot be used
     * any more afterwards.
     */
    int translationGoneAt(int now, CacheKind kind, long itsTag, long first, long length) {
        return addKept(earliest(), now, now, kind, itsTag, first, length) ? lastGoneAt(now) : 0;
    }

    private void push(
            int lowest, int highest, int read, @Nullable CacheKind kind, long newTag, long first, long length) {
        if (depth == low.length) {
            grow();
        }
        low[depth] = lowest;
        high[depth] = highest;
        oldest[depth] = read;
        readFirst[depth] = Math.min(readAt(depth), depth == 0 ? VersionSet.NEVER : readFirst[depth - 1]);
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
        readFirst = Arrays.copyOf(readFirst, size);
        cache = Arrays.copyOf(cache, size);
        tag = Arrays.copyOf(tag, size);
        firstAddress = Arrays.copyOf(firstAddress, size);
        lengthBytes = Arrays.copyOf(lengthBytes, size);
    }
}
