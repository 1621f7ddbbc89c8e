package dev.hitless.iommu.exactness;

import dev.hitless.iommu.conformance.observe.Assumptions;
import dev.hitless.iommu.conformance.trace.MemoryImage;
import dev.hitless.iommu.conformance.trace.Trace;
import dev.hitless.iommu.conformance.trace.TraceEvent;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Memory while a trace is played. A store is pending from its event on, becomes visible at some time up to its deadline,
 * and never before an older pending store to one of its words.
 *
 * <p>Two ways to play: each reader for itself meets any set of pending stores that is possible at the instant ({@link
 * #EACH_FOR_ITSELF}), or all readers meet the same memory, and a set of visible stores is part of the state.
 */
final class PlayedMemory {
    /** In place of a set of visible stores: each reader for itself. */
    static final long EACH_FOR_ITSELF = -1;

    /** Most stores in a set of visible ones. */
    static final int MOST_STORES = 62;

    private static final int NEVER = Integer.MAX_VALUE;
    private static final long PAGE_MASK = -4096L;

    /** What was read of a quantum at once. */
    record Reading(List<Long> words, Defect defect) {}

    /** What is wrong with words that were read; the later the worse. */
    enum Defect {
        NONE,
        UNDEFINED_MEMORY,
        USE_AFTER_FREE
    }

    /** A store: one or two words that change together. Zeroing at allocation is one for each word. */
    private record Pending(int event, int deadline, long first, List<Long> values) {
        boolean touches(long word) {
            return word >= first && word < first + 8L * values.size();
        }

        boolean overlaps(Pending other) {
            return first < other.first + 8L * other.values.size() && other.first < first + 8L * values.size();
        }

        long value(long word) {
            return values.get((int) ((word - first) >>> 3));
        }
    }

    private record Place(long word, boolean snooped) {}

    private final Trace trace;
    private final Assumptions assumptions;
    private final Map<Long, List<Integer>> storesByWord = new HashMap<>();
    private final Map<Long, TraceEvent.Alloc> allocated = new HashMap<>();
    private final Map<Long, Integer> allocatedAt = new HashMap<>();
    private final Map<Long, Integer> freedAt = new HashMap<>();
    private final Map<Place, List<Pending>> stores = new HashMap<>();
    private final Set<Place> read = new HashSet<>();
    private List<Pending> numbered = List.of();

    PlayedMemory(Trace trace, Assumptions assumptions) {
        this.trace = trace;
        this.assumptions = assumptions;
        for (int i = 0; i <= trace.end(); i++) {
            TraceEvent event = trace.events().get(i);
            if (event instanceof TraceEvent.Store store) {
                note(store.address(), i);
                if (store.bits() == 128) {
                    note(store.address() + 8, i);
                }
            } else if (event instanceof TraceEvent.Alloc alloc) {
                for (long page = alloc.address(); page < alloc.address() + alloc.lengthBytes(); page -= PAGE_MASK) {
                    allocated.put(page, alloc);
                    allocatedAt.put(page, i);
                }
            } else if (event instanceof TraceEvent.Free free) {
                for (long page = free.address(); page < free.address() + free.lengthBytes(); page -= PAGE_MASK) {
                    freedAt.put(page, i);
                }
            }
        }
    }

    private void note(long word, int event) {
        storesByWord.computeIfAbsent(word, w -> new ArrayList<>()).add(event);
    }

    /** Whether there is memory at {@code address} at any time of the trace. */
    boolean isMemory(long address) {
        return trace.before().isMemory(address) || allocated.containsKey(address & PAGE_MASK);
    }

    /** Whether the words from {@code address} on stay as they are throughout. */
    boolean isConstant(long address, int words) {
        long page = address & PAGE_MASK;
        if (allocated.containsKey(page) || freedAt.containsKey(page)) {
            return false;
        }
        for (int w = 0; w < words; w++) {
            if (storesByWord.containsKey(address + 8L * w)) {
                return false;
            }
        }
        return true;
    }

    /** The word at {@code address}, which is constant. */
    long constant(long address) {
        MemoryImage before = trace.before();
        return before.word(address);
    }

    /** Everything that can be read of the quantum at {@code address}, at once, at {@code instant}. */
    List<Reading> read(long address, int words, boolean snooped, int instant, long visible) {
        long page = address & PAGE_MASK;
        for (int w = 0; w < words; w++) {
            read.add(new Place(address + 8L * w, snooped));
        }
        if (freedAt.getOrDefault(page, NEVER) <= instant) {
            return List.of(new Reading(List.of(), Defect.USE_AFTER_FREE));
        }
        if (allocatedAt.getOrDefault(page, -1) > instant) {
            return List.of();
        }
        List<Pending> relevant = new ArrayList<>();
        for (int w = 0; w < words; w++) {
            for (Pending store : storesTo(new Place(address + 8L * w, snooped))) {
                if (store.event() <= instant && !relevant.contains(store)) {
                    relevant.add(store);
                }
            }
        }
        relevant.sort((one, other) -> Integer.compare(one.event(), other.event()));
        List<Reading> readings = new ArrayList<>();
        if (visible == EACH_FOR_ITSELF) {
            choose(address, words, relevant, 0, new ArrayList<>(), instant, readings);
        } else {
            relevant.removeIf(store -> (visible & 1L << numbered.indexOf(store)) == 0);
            readings.add(value(address, words, relevant));
        }
        return readings;
    }

    private void choose(
            long address,
            int words,
            List<Pending> relevant,
            int next,
            List<Pending> chosen,
            int instant,
            List<Reading> readings) {
        if (next == relevant.size()) {
            Reading reading = value(address, words, chosen);
            if (!readings.contains(reading)) {
                readings.add(reading);
            }
            return;
        }
        Pending store = relevant.get(next);
        boolean inOrder =
                relevant.subList(0, next).stream().noneMatch(older -> older.overlaps(store) && !chosen.contains(older));
        if (inOrder) {
            chosen.add(store);
            choose(address, words, relevant, next + 1, chosen, instant, readings);
            chosen.remove(chosen.size() - 1);
        }
        if (store.deadline() > instant) {
            choose(address, words, relevant, next + 1, chosen, instant, readings);
        }
    }

    private Reading value(long address, int words, List<Pending> visible) {
        List<Long> values = new ArrayList<>();
        Defect defect = Defect.NONE;
        for (int w = 0; w < words; w++) {
            long word = address + 8L * w;
            boolean fresh = allocated.containsKey(word & PAGE_MASK);
            boolean written = !fresh;
            long value = fresh ? 0 : trace.before().word(word);
            for (Pending store : visible) {
                if (store.touches(word)) {
                    value = store.value(word);
                    written = true;
                }
            }
            values.add(value);
            if (!written) {
                defect = Defect.UNDEFINED_MEMORY;
            }
        }
        // What undefined memory holds makes no difference.
        return new Reading(defect == Defect.NONE ? values : List.of(), defect);
    }

    private List<Pending> storesTo(Place place) {
        return stores.computeIfAbsent(place, this::findStores);
    }

    private List<Pending> findStores(Place place) {
        List<Pending> found = new ArrayList<>();
        long page = place.word() & PAGE_MASK;
        TraceEvent.Alloc alloc = allocated.get(page);
        if (alloc != null && alloc.zeroed()) {
            int event = allocatedAt.get(page);
            found.add(new Pending(event, deadline(event, place), place.word(), List.of(0L)));
        }
        for (int event : storesByWord.getOrDefault(place.word(), List.of())) {
            TraceEvent.Store store = (TraceEvent.Store) trace.events().get(event);
            List<Long> values = store.bits() == 128 ? List.of(store.low(), store.high()) : List.of(store.low());
            found.add(new Pending(event, deadline(event, place), store.address(), values));
        }
        return found;
    }

    /** Latest instant at which a store made at {@code event} becomes visible to such a fetch. */
    private int deadline(int event, Place place) {
        int from = event;
        if (!place.snooped() && !assumptions.everythingSnooped()) {
            long line = place.word() >>> 6;
            from = next(
                    event + 1,
                    e -> e instanceof TraceEvent.CacheClean clean
                            && clean.address() >>> 6 <= line
                            && (clean.address() + clean.lengthBytes() - 1) >>> 6 >= line);
        }
        if (assumptions.storeOrder() == Assumptions.StoreOrder.TSO || from == NEVER) {
            return from;
        }
        int ordered = next(from + 1, e -> e instanceof TraceEvent.Barrier || e instanceof TraceEvent.RegisterWrite);
        return !trace.postedWrites()
                ? ordered
                : next(ordered, e -> e instanceof TraceEvent.Submitted || e instanceof TraceEvent.WriteBufferFlush);
    }

    private int next(int from, Predicate<TraceEvent> wanted) {
        for (int i = from; i <= trace.end() && from != NEVER; i++) {
            if (wanted.test(trace.events().get(i))) {
                return i;
            }
        }
        return NEVER;
    }

    /** Whether anything that was read so far can be another at {@code instant} than at the instant before. */
    boolean changes(int instant) {
        for (Place place : read) {
            long page = place.word() & PAGE_MASK;
            if (allocatedAt.getOrDefault(page, -1) == instant || freedAt.getOrDefault(page, -1) == instant) {
                return true;
            }
            for (Pending store : storesTo(place)) {
                if (store.event() == instant || store.deadline() == instant) {
                    return true;
                }
            }
        }
        return false;
    }

    /**
     * Numbers the stores to words that were read so far, for sets of visible ones.
     *
     * @return false if there are too many, or if a word is fetched both with and without snooping, so that what is visible
     *     is not the same for all
     */
    boolean number() {
        List<Pending> all = new ArrayList<>();
        for (Place place : Set.copyOf(read)) {
            if (read.contains(new Place(place.word(), !place.snooped()))) {
                return false;
            }
            for (Pending store : storesTo(place)) {
                if (!all.contains(store)) {
                    all.add(store);
                }
            }
        }
        all.sort((one, other) -> Integer.compare(one.event(), other.event()));
        numbered = all;
        return all.size() <= MOST_STORES;
    }

    /** Number of stores that were numbered. */
    int storeCount() {
        return numbered.size();
    }

    /** Stores that are visible at the latest at {@code instant}, on top of {@code visible}. */
    long forced(int instant, long visible) {
        long result = visible;
        for (int s = 0; s < numbered.size(); s++) {
            Pending store = numbered.get(s);
            boolean gone = freedAt.getOrDefault(store.first() & PAGE_MASK, NEVER) <= instant;
            if (store.event() <= instant && (store.deadline() <= instant || gone)) {
                result |= 1L << s;
            }
        }
        return result;
    }

    /** Whether store {@code s} can become visible next. */
    boolean canBecomeVisible(int s, int instant, long visible) {
        Pending store = numbered.get(s);
        if ((visible & 1L << s) != 0 || store.event() > instant) {
            return false;
        }
        for (int older = 0; older < s; older++) {
            if ((visible & 1L << older) == 0 && numbered.get(older).overlaps(store)) {
                return false;
            }
        }
        return true;
    }
}
