package dev.hitless.iommu.conformance.trace;

import dev.hitless.iommu.conformance.schedule.LockName;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * What several operations have in common: words of memory that more than one of them, or one and the hardware, touch, at
 * least one by a store; and locks that more than one takes. Learnt from schedules as they are played.
 *
 * <p>A word that operations never touch without one certain lock does not count: nobody comes between two of its accesses
 * for as long as the lock is held, and to take and to give back the lock is a switch point.
 *
 * <p>A load of any other word, a store into a page that nobody but the operation itself can come to, and whatever is done
 * with any other lock, commute with everything that others do at the platform: to switch before it is to switch after it. So
 * there is no switch point before it, and no schedule is lost by that. Two conditions go with it. What is learnt only grows,
 * and a search in which it grew is played anew: at the end no conflict was seen in any schedule that did not count as one.
 * And what a driver shares between operations in fields of its own is guarded by locks of the platform, or at least not read
 * and written with nothing but such accesses in between.
 */
public final class SharedState {
    private static final int HARDWARE = 15;
    private static final int STORED_SHIFT = 16;
    private static final int TOUCHED_MASK = 0xFFFF;

    /** For each word, numbered from 0: who touched it, one bit each, and 16 bits above who stored. */
    private final Map<Long, Integer> touched = new HashMap<>();

    /** For each word, numbered from 0: locks that were held at every access so far. */
    private final Map<Long, Set<LockName>> guards = new HashMap<>();

    private final Map<LockName, Integer> taken = new HashMap<>();
    private final Set<Object> shared = new HashSet<>();
    private Set<Object> frozen = Set.of();

    private final boolean everything;
    private final boolean learns;

    /** Nothing is known yet. */
    public SharedState() {
        this(false, true);
    }

    private SharedState(boolean everything, boolean learns) {
        this.everything = everything;
        this.learns = learns;
    }

    /** Every word and every lock counts as shared: no switch point is left out. For comparing. */
    public static SharedState everything() {
        return new SharedState(true, false);
    }

    /**
     * No word and no lock ever counts as shared: whatever lies between two register accesses runs undivided. Wrong, and loses
     * schedules that matter. For showing that it does.
     */
    public static SharedState nothing() {
        return new SharedState(false, false);
    }

    /**
     * A search begins. What is learnt from here on does not count before the next one, so that schedules can be played
     * again.
     */
    public void freeze() {
        frozen = new HashSet<>(shared);
    }

    /** Whether the search that ended learnt anything: then it left out schedules that matter. */
    public boolean hasGrown() {
        return shared.size() > frozen.size();
    }

    /** Whether several operations are known to touch the word. */
    boolean isShared(long address) {
        return everything || frozen.contains(address >>> 3);
    }

    /** Whether several operations are known to take the lock. */
    boolean isShared(LockName lock) {
        return everything || frozen.contains(lock);
    }

    void taken(int operation, LockName lock) {
        int all = taken.merge(lock, 1 << operation, (known, added) -> known | added);
        if (learns && Integer.bitCount(all) > 1) {
            shared.add(lock);
        }
    }

    void loaded(int operation, long address, Set<LockName> held) {
        touch(1 << operation, address >>> 3, held);
    }

    void stored(int operation, long address, Set<LockName> held) {
        touch(1 << operation | 1 << (operation + STORED_SHIFT), address >>> 3, held);
    }

    void storedByHardware(long address) {
        stored(HARDWARE, address, Set.of());
    }

    private void touch(int who, long word, Set<LockName> held) {
        int all = touched.merge(word, who, (known, added) -> known | added);
        boolean guarded = isGuarded(word, held);
        if (learns && !guarded && all >>> STORED_SHIFT != 0 && Integer.bitCount(all & TOUCHED_MASK) > 1) {
            shared.add(word);
        }
    }

    private boolean isGuarded(long word, Set<LockName> held) {
        Set<LockName> guard = guards.get(word);
        if (guard == null) {
            guards.put(word, Set.copyOf(held));
            return !held.isEmpty();
        }
        if (!held.containsAll(guard)) {
            Set<LockName> common = new HashSet<>(guard);
            common.retainAll(held);
            guard = Set.copyOf(common);
            guards.put(word, guard);
        }
        return !guard.isEmpty();
    }
}
