package dev.hitless.iommu.conformance.observe;

import dev.hitless.iommu.conformance.trace.MemoryImage;
import dev.hitless.iommu.conformance.trace.Trace;
import dev.hitless.iommu.conformance.trace.TraceEvent;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Memory as one particular schedule makes it: a set of stores that have become visible so far, all others of the past
 * pending. Every reader sees the same.
 */
final class SimulatedMemory {
    /** No value: nobody has written there. */
    static final int UNDEFINED = 254;
    /** No value: given back. */
    static final int FREED = 253;
    /** No value: there is no memory. */
    static final int NO_MEMORY = 252;

    private static final int MOST_VALUES = 250;

    /** A store, or one word's share of zeroing: becomes visible as a whole. */
    private record Pending(int event, int deadline, long first, int words) {
        boolean touches(long word) {
            return word >= first && word < first + 8L * words;
        }

        boolean overlaps(Pending other) {
            return first < other.first + 8L * other.words && other.first < first + 8L * words;
        }
    }

    /** A value of a word: there once {@code store} (a number of a pending store) is visible, or from {@code event} on. */
    private record Version(int store, int event, int value) {}

    private final Trace trace;
    private final ToyHardware toy;
    private final Assumptions assumptions;
    private final List<Pending> stores = new ArrayList<>();
    private final Map<Long, List<Version>> versions = new HashMap<>();
    private final Map<Long, Integer> freed = new HashMap<>();
    private final List<Long> values = new ArrayList<>();
    private final Map<Long, Integer> valueIds = new HashMap<>();

    /** @param tables pages that hold tables; all others hold directory or entries */
    SimulatedMemory(Trace trace, ToyHardware toy, Assumptions assumptions, ToyPages tables) {
        this.trace = trace;
        this.toy = toy;
        this.assumptions = assumptions;
        for (int i = 0; i <= trace.end(); i++) {
            TraceEvent event = trace.events().get(i);
            if (event instanceof TraceEvent.Store store) {
                add(i, store, tables);
            } else if (event instanceof TraceEvent.Alloc alloc) {
                add(i, alloc, tables);
            } else if (event instanceof TraceEvent.Free free) {
                freed.put(free.address(), i);
            }
        }
        if (stores.size() > Long.SIZE - 1) {
            throw new IllegalArgumentException("the trace has " + stores.size() + " stores; 63 can be simulated");
        }
    }

    private void add(int i, TraceEvent.Store store, ToyPages tables) {
        int words = store.bits() / 64;
        Pending pending =
                new Pending(i, deadline(i, store.address(), tables.snooped(store.address())), store.address(), words);
        int number = stores.size();
        stores.add(pending);
        versionsOf(store.address()).add(new Version(number, i, id(store.low())));
        if (words == 2) {
            versionsOf(store.address() + 8).add(new Version(number, i, id(store.high())));
        }
    }

    private void add(int i, TraceEvent.Alloc alloc, ToyPages tables) {
        for (long word : tables.wordsRead(alloc.address())) {
            List<Version> fresh = new ArrayList<>();
            versions.put(word, fresh);
            fresh.add(new Version(-1, i, UNDEFINED));
            if (alloc.zeroed()) {
                int number = stores.size();
                stores.add(new Pending(i, deadline(i, word, tables.snooped(word)), word, 1));
                fresh.add(new Version(number, i, id(0)));
            }
        }
    }

    private List<Version> versionsOf(long word) {
        return versions.computeIfAbsent(word, address -> {
            List<Version> known = new ArrayList<>();
            known.add(new Version(-1, -1, id(trace.before().word(address))));
            return known;
        });
    }

    /** Latest instant at which the store at event {@code i} becomes visible. */
    private int deadline(int i, long address, boolean snoopedFetch) {
        boolean inOrder = assumptions.storeOrder() == Assumptions.StoreOrder.TSO;
        int from = i;
        if (!snoopedFetch && !assumptions.everythingSnooped()) {
            from = next(i + 1, e -> e instanceof TraceEvent.CacheClean clean && clean.address() >>> 6 == address >>> 6);
        }
        if (inOrder || from == Integer.MAX_VALUE) {
            return from;
        }
        int barrier = next(from + 1, e -> e instanceof TraceEvent.Barrier || e instanceof TraceEvent.RegisterWrite);
        if (!toy.postedWrites()) {
            return barrier;
        }
        return next(barrier, e -> e instanceof TraceEvent.Submitted || e instanceof TraceEvent.WriteBufferFlush);
    }

    private int next(int from, java.util.function.Predicate<TraceEvent> wanted) {
        for (int j = from; j <= trace.end() && from != Integer.MAX_VALUE; j++) {
            if (wanted.test(trace.events().get(j))) {
                return j;
            }
        }
        return Integer.MAX_VALUE;
    }

    int storeCount() {
        return stores.size();
    }

    /** Which of all stores are visible at the latest at {@code instant}, on top of {@code visible}. */
    long forced(int instant, long visible) {
        long result = visible;
        for (int s = 0; s < stores.size(); s++) {
            Pending store = stores.get(s);
            Integer gone = freed.get(store.first() & ToyHardware.ADDRESS);
            if (store.deadline() <= instant || (gone != null && gone <= instant)) {
                result |= 1L << s;
            }
        }
        return result;
    }

    /** Whether store {@code s} can become visible next: it was made, and no older store to a word of it is pending. */
    boolean canBecomeVisible(int s, int instant, long visible) {
        if ((visible & 1L << s) != 0 || stores.get(s).event() > instant) {
            return false;
        }
        for (int older = 0; older < s; older++) {
            if ((visible & 1L << older) == 0 && stores.get(older).overlaps(stores.get(s))) {
                return false;
            }
        }
        return true;
    }

    /** Number of the value of the word at {@code address}; see {@link #value}. */
    int read(long address, int instant, long visible) {
        long page = address & ToyHardware.ADDRESS;
        Integer gone = freed.get(page);
        if (gone != null && gone <= instant) {
            return FREED;
        }
        List<Version> known = versions.get(address);
        if (known == null) {
            MemoryImage before = trace.before();
            return before.isMemory(address) ? id(before.word(address)) : NO_MEMORY;
        }
        int value = -1;
        for (Version version : known) {
            boolean there = version.store() < 0
                    ? version.event() <= instant
                    : version.event() <= instant && (visible & 1L << version.store()) != 0;
            if (there) {
                value = version.value();
            }
        }
        return value < 0 ? NO_MEMORY : value;
    }

    long value(int id) {
        return values.get(id);
    }

    private int id(long value) {
        return valueIds.computeIfAbsent(value, v -> {
            if (values.size() == MOST_VALUES) {
                throw new IllegalStateException("more than " + MOST_VALUES + " distinct values");
            }
            values.add(v);
            return values.size() - 1;
        });
    }
}
