package dev.hitless.iommu.conformance.observe;

import dev.hitless.iommu.hardware.FaultClass;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The toy IOMMU and the devices' caches at work in one state: reads, keeps, finishes and answers until nothing new comes
 * of it.
 */
final class SimulatedHardware {
    private static final int TAGS = 8;

    private final ToyHardware toy;
    private final SimulatedMemory memory;
    private final Coverage coverage;
    private final SimulatedFetch fetch;
    private final SimulatedOutcomes outcomes;
    /** By instant, requester and page. */
    private final BitSet[][][] met;

    /** By instant: all translations held, as copies without their staleness. */
    private final List<Set<Long>> translations = new ArrayList<>();

    private int instant;
    private long visible;
    private int seen;
    private LongSet held = new LongSet();
    /** In this state: what requests meet, by requester and page. */
    private BitSet[][] meets = new BitSet[0][];
    /** In this state: what whoever uses a tag meets, by tag and page. */
    private BitSet[][] shared = new BitSet[0][];

    SimulatedHardware(ToyHardware toy, long base, SimulatedMemory memory, Coverage coverage, int instants) {
        this.toy = toy;
        this.fetch = new SimulatedFetch(toy, base, memory, this);
        this.memory = memory;
        this.coverage = coverage;
        this.outcomes = new SimulatedOutcomes(toy, memory);
        this.met = new BitSet[instants][][];
        for (int t = 0; t < instants; t++) {
            met[t] = sets(2);
            translations.add(new HashSet<>());
        }
    }

    private BitSet[][] sets(int count) {
        BitSet[][] sets = new BitSet[count][toy.pages()];
        for (BitSet[] row : sets) {
            for (int page = 0; page < row.length; page++) {
                row[page] = new BitSet();
            }
        }
        return sets;
    }

    BitSet met(int when, int requester, int page) {
        return met[when][requester][page];
    }

    Outcome outcome(int id) {
        return outcomes.get(id);
    }

    /** The copy as it is after an event; -1 if it is gone. */
    long aged(long copy, int submitted, int seenThen) {
        long older = copy;
        if (Copy.form(copy) == Copy.FETCHING) {
            older = agedFetch(copy, submitted, seenThen);
            if (older < 0) {
                return -1;
            }
        }
        if (submitted != 0 && coverage.coversWay(submitted, older)) {
            older = Copy.withStale(older, Copy.stale(older) | submitted);
        }
        return coverage.gone(older, seenThen) ? -1 : older;
    }

    /** A fetch goes on as long as its parent's copy does; what was read is not of this instant any more. */
    private long agedFetch(long copy, int submitted, int seenThen) {
        long parent = aged(parent(copy), submitted, seenThen);
        if (toy.directory() && parent < 0) {
            return -1;
        }
        for (int quantum = 0; quantum < toy.quanta(); quantum++) {
            if (SimulatedFetch.isBad(fetch.worst(copy, quantum))) {
                return -1;
            }
        }
        long older = Copy.withFresh(Copy.withFresh(copy, 0, false), 1, false);
        return toy.directory() ? Copy.with(older, 5, Copy.stale(parent)) : older;
    }

    /** The directory's copy through which the entry is being fetched. */
    private long parent(long fetching) {
        return Copy.with(
                Copy.of(Copy.DIRECTORY, Copy.requester(fetching), Copy.operand(fetching, 5)),
                0,
                Copy.operand(fetching, 4));
    }

    /** Does all that can be done in this state; {@code copies} grows. */
    void run(int now, long visibleStores, LongSet copies, Set<Integer> ats) {
        instant = now;
        visible = visibleStores;
        seen = coverage.seenBy(now);
        held = copies;
        meets = sets(2);
        shared = sets(TAGS);
        for (int requester = 0; requester < 2; requester++) {
            fetch.begin(requester);
        }
        for (int i = 0; i < held.size(); i++) {
            step(held.get(i));
        }
        for (int i = 0; i < held.size(); i++) {
            serve(held.get(i));
        }
        noteTranslations();
        for (int requester : ats) {
            fillDevice(requester);
        }
        for (int i = 0; i < held.size(); i++) {
            if (Copy.form(held.get(i)) == Copy.DEVICE) {
                int page = Copy.operand(held.get(i), 0);
                meets[Copy.requester(held.get(i))][page].set(Copy.operand(held.get(i), 1));
            }
        }
        for (int requester = 0; requester < 2; requester++) {
            for (int page = 0; page < toy.pages(); page++) {
                met[now][requester][page].or(meets[requester][page]);
            }
        }
    }

    private void noteTranslations() {
        for (int i = 0; i < held.size(); i++) {
            if (Copy.form(held.get(i)) == Copy.TRANSLATION) {
                translations.get(instant).add(Copy.withStale(held.get(i), 0));
            }
        }
    }

    /** Finished translations that the IOMMU held at {@code when} in some schedule. */
    Set<HeldTranslation> translations(int when) {
        Set<HeldTranslation> all = new HashSet<>();
        for (long copy : translations.get(when)) {
            all.add(new HeldTranslation(
                    Copy.requester(copy),
                    Copy.operand(copy, 0),
                    Copy.operand(copy, 1),
                    outcome(outcomes.translated(copy))));
        }
        return all;
    }

    /** A finished translation: made for whom, under which tag, of which page, and what it says. */
    record HeldTranslation(int requester, int tag, int page, Outcome outcome) {}

    private void step(long copy) {
        switch (Copy.form(copy)) {
            case Copy.DIRECTORY -> fetch.fetchEntry(SimulatedFetch.emptyFetch(copy));
            case Copy.FETCHING -> {
                fetch.fetchEntry(copy);
                fetch.finishEntry(copy);
            }
            case Copy.ENTRY -> walk(copy);
            case Copy.TABLE -> {
                for (int page = 0; page < toy.pages(); page++) {
                    readLeaf(copy, Copy.operand(copy, 1), page, shared[Copy.operand(copy, 0)][page]);
                }
            }
            default -> {}
        }
    }

    private boolean isValid(long entry) {
        return (memory.value(Copy.operand(entry, 0)) & ToyHardware.VALID) != 0;
    }

    private void walk(long entry) {
        int requester = Copy.requester(entry);
        if (!isValid(entry)) {
            meetsEverywhere(requester, outcomes.fault(FaultClass.BLOCKED));
            return;
        }
        long table = Copy.with(
                Copy.of(Copy.TABLE, requester, Copy.stale(entry)),
                0,
                ToyHardware.tag(memory.value(Copy.operand(entry, 0))));
        if (toy.hasAttributes()) {
            table = Copy.with(Copy.with(table, 2, fetch.word(entry, 1)), 3, fetch.word(entry, 3));
        }
        int root = fetch.word(entry, toy.tableWord());
        if (toy.levels() == 1) {
            for (int page = 0; page < toy.pages(); page++) {
                readLeaf(table, root, page, meets[requester][page]);
            }
            return;
        }
        int upper = read(memory.value(root) & ToyHardware.ADDRESS);
        if (SimulatedFetch.isBad(upper)) {
            meetsEverywhere(requester, outcomes.defect(upper));
        } else if ((memory.value(upper) & ToyHardware.VALID) == 0) {
            meetsEverywhere(requester, outcomes.fault(FaultClass.NOT_MAPPED));
        } else {
            keep(Copy.with(table, 1, upper));
        }
    }

    /** @param above tag, attributes and staleness of what led to the lower table */
    private void readLeaf(long above, int pointer, int page, BitSet faults) {
        long address = (memory.value(pointer) & ToyHardware.ADDRESS) + 8L * page;
        int leaf = read(address);
        if (SimulatedFetch.isBad(leaf)) {
            faults.set(outcomes.defect(leaf));
        } else if ((memory.value(leaf) & ToyHardware.VALID) == 0) {
            faults.set(outcomes.fault(FaultClass.NOT_MAPPED));
        } else {
            long translation = Copy.of(Copy.TRANSLATION, Copy.requester(above), Copy.stale(above));
            translation = Copy.with(Copy.with(translation, 0, Copy.operand(above, 0)), 1, page);
            translation = Copy.with(translation, 2, leaf);
            keep(Copy.with(Copy.with(translation, 3, Copy.operand(above, 2)), 4, Copy.operand(above, 3)));
        }
    }

    /** The word at {@code address} as it is in this state. */
    int read(long address) {
        return memory.read(address, instant, visible);
    }

    SimulatedOutcomes outcomes() {
        return outcomes;
    }

    /** Adds what is not a copy that an invalidation could drop. */
    void hold(long copy) {
        held.add(copy);
    }

    void keep(long copy) {
        if (!coverage.gone(copy, seen)) {
            held.add(copy);
        }
    }

    /** Whoever has a usable entry gets what is cached under its tag. */
    private void serve(long copy) {
        if (Copy.form(copy) != Copy.ENTRY || !isValid(copy)) {
            return;
        }
        int tag = ToyHardware.tag(memory.value(Copy.operand(copy, 0)));
        for (int page = 0; page < toy.pages(); page++) {
            meets[Copy.requester(copy)][page].or(shared[tag][page]);
        }
        for (int i = 0; i < held.size(); i++) {
            long cached = held.get(i);
            if (Copy.form(cached) == Copy.TRANSLATION && Copy.operand(cached, 0) == tag) {
                meets[Copy.requester(copy)][Copy.operand(cached, 1)].set(outcomes.translated(cached));
            }
        }
    }

    private void fillDevice(int requester) {
        for (int page = 0; page < toy.pages(); page++) {
            int where = page;
            meets[requester][page].stream()
                    .filter(id -> outcomes.get(id).isTranslated())
                    .forEach(id -> held.add(Copy.with(Copy.with(Copy.of(Copy.DEVICE, requester, 0), 0, where), 1, id)));
        }
    }

    void meetsEverywhere(int requester, int outcome) {
        for (BitSet set : meets[requester]) {
            set.set(outcome);
        }
    }
}
