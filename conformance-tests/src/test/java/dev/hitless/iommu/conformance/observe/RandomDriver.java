package dev.hitless.iommu.conformance.observe;

import dev.hitless.iommu.conformance.observe.ToyInvalidation.Scope;
import dev.hitless.iommu.conformance.trace.Trace;
import dev.hitless.iommu.hardware.StructureKind.FetchOrder;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * A driver that knows the right steps and takes them wrongly: it leaves out some, exchanges some, throws in some of its
 * own. The same seed always gives the same trace.
 */
final class RandomDriver {
    private static final int MOST_STEPS = 13;
    private static final long OUTPUT = 0x70_0000_0000L;

    private final Random random;
    private final ToyMachine machine;
    private final ToyHardware toy;
    private final ToyPages pages;
    private final List<Runnable> steps = new ArrayList<>();
    private final long entries;
    private final int[] tags = new int[2];
    private final long[] tables = new long[2];
    private long otherTable;
    private int outputs;
    private int submitted;

    RandomDriver(long seed) {
        this.random = new Random(seed * 0x5DEECE66DL + 11);
        for (int i = 0; i < 4; i++) {
            random.nextInt();
        }
        this.toy = randomHardware();
        this.machine = new ToyMachine(toy);
        this.pages = new ToyPages(toy);
        this.entries = toy.directory() ? pages.put(machine.allocate(true), ToyPages.Use.ENTRIES) : machine.base();
        pages.put(machine.base(), toy.directory() ? ToyPages.Use.DIRECTORY : ToyPages.Use.ENTRIES);
        setUp();
    }

    ToyHardware toy() {
        return toy;
    }

    ToyMachine machine() {
        return machine;
    }

    ToyPages pages() {
        return pages;
    }

    /** Takes the steps. */
    Trace run() {
        plan();
        disturb();
        List<Runnable> taken = steps.subList(0, Math.min(steps.size(), MOST_STEPS));
        Trace trace = machine.record(() -> taken.forEach(Runnable::run));
        return random.nextInt(3) == 0 ? trace : ToyMachine.withoutRegisters(trace);
    }

    /** Memory rules to judge by. */
    Assumptions assumptions() {
        boolean plain = chance(70);
        Assumptions.StoreOrder order = plain || chance(50) ? Assumptions.StoreOrder.WEAK : Assumptions.StoreOrder.TSO;
        return new Assumptions(order, !plain && chance(30), !plain && chance(30));
    }

    private boolean chance(int percent) {
        return random.nextInt(100) < percent;
    }

    private ToyHardware randomHardware() {
        FetchOrder order = FetchOrder.values()[random.nextInt(3)];
        int quantumWords = order == FetchOrder.WHOLE ? 2 : chance(70) ? 1 : 2;
        boolean directory = chance(35);
        return new ToyHardware(
                order,
                quantumWords,
                directory,
                chance(50) ? 1 : 2,
                chance(80),
                chance(80),
                chance(15),
                chance(15),
                chance(70) ? 1 : 2,
                chance(50));
    }

    private void setUp() {
        tables[0] = newTable();
        tables[1] = chance(50) ? tables[0] : newTable();
        otherTable = newTable();
        tags[0] = 1;
        tags[1] = chance(50) ? 1 : 2;
        for (int requester = 0; requester < 2; requester++) {
            Stream stream = ToyMachine.STREAMS.get(requester);
            if (toy.directory() && chance(90)) {
                machine.point(stream, entries);
            }
            if (requester == 1 || chance(90)) {
                machine.writeEntry(entries, stream, tags[requester], tables[requester], 0);
            }
        }
        if (chance(35)) {
            machine.ats(ToyMachine.FIRST, true);
        }
    }

    private long newTable() {
        long lower = pages.put(machine.newLowerTable(nextOutput()), ToyPages.Use.LOWER_TABLE);
        if (toy.levels() == 1) {
            return lower;
        }
        long upper = pages.put(machine.allocate(true), ToyPages.Use.UPPER_TABLE);
        machine.store(upper, lower | ToyHardware.VALID);
        return upper;
    }

    private long nextOutput() {
        return OUTPUT + 0x10000L * outputs++;
    }

    private void step(Runnable step) {
        steps.add(step);
    }

    private void barrier() {
        step(machine::barrier);
    }

    private void store(long address, long value) {
        step(() -> machine.store(address, value));
        if (!pages.snooped(address) && chance(70)) {
            step(() -> machine.clean(address));
        }
    }

    private void invalidate(Scope scope, int operand) {
        int number = submitted++;
        int[] actual = {-1};
        step(() -> actual[0] = machine.submit(scope, operand));
        step(() -> {
            if (actual[0] >= 0) {
                machine.await(actual[0]);
            }
        });
        if (number > Copy.COMMANDS) {
            throw new IllegalStateException("more commands than the simulator can tell apart");
        }
    }

    private void plan() {
        int kind = random.nextInt(toy.directory() ? 10 : 8);
        if (kind < 5) {
            planEntry();
        } else if (kind == 5) {
            planLeaf();
        } else if (kind < 8) {
            planTable();
        } else {
            planDirectory();
        }
    }

    /** Another domain for the first device. */
    private void planEntry() {
        Stream stream = ToyMachine.STREAMS.get(chance(80) ? 0 : 1);
        int tag = chance(40) ? tags[0] : 1 + random.nextInt(3);
        long table = otherTable;
        if (chance(30)) {
            long leaf = toy.levels() == 1 ? otherTable : 0;
            if (leaf != 0) {
                store(leaf, nextOutput() | ToyHardware.VALID);
                barrier();
            }
        }
        long first = machine.entryWord(entries, stream, 0);
        long second = machine.entryWord(entries, stream, toy.tableWord());
        int manner = random.nextInt(4);
        if (manner == 0) {
            store(first, 0);
            barrier();
            invalidate(toy.directory() && chance(50) ? Scope.ENTRY_ONLY : Scope.CONFIGURATION, stream.requesterId());
        }
        long pointer = table | (chance(8) ? ToyHardware.ILLEGAL : 0);
        writeEntry(stream, first, second, tag, pointer, manner);
        barrier();
        invalidate(chance(50) ? Scope.ENTRY_ONLY : Scope.CONFIGURATION, stream.requesterId());
        invalidate(chance(70) ? Scope.PAGING : Scope.LEAVES_ONLY, tags[stream.requesterId()]);
        if (chance(50)) {
            invalidate(Scope.DEVICE, 0);
        }
        retire(tables[stream.requesterId()]);
    }

    private void writeEntry(Stream stream, long first, long second, int tag, long pointer, int manner) {
        if (toy.hasAttributes()) {
            int attributes = 1 + random.nextInt(3);
            if (manner == 1) {
                step(() -> machine.store128(second, pointer, attributes));
                step(() -> machine.store128(first, ToyHardware.entryWord(tag), attributes));
                return;
            }
            if (chance(50)) {
                store(machine.entryWord(entries, stream, chance(50) ? 1 : 3), attributes);
            }
        } else if (manner == 1 && chance(70)) {
            step(() -> machine.store128(first, ToyHardware.entryWord(tag), pointer));
            return;
        }
        boolean tagFirst = chance(30);
        if (tagFirst) {
            store(first, ToyHardware.entryWord(tag));
        }
        store(second, pointer);
        if (!tagFirst) {
            if (manner == 0) {
                barrier();
            }
            store(first, ToyHardware.entryWord(tag));
        }
    }

    /** Takes the old table away, in some way. */
    private void retire(long table) {
        int way = random.nextInt(4);
        if (way == 0) {
            step(() -> machine.free(table));
        } else if (way == 1) {
            store(table, toy.levels() == 1 ? nextOutput() | ToyHardware.VALID : 0);
        }
    }

    /** Another mapping in a table in use. */
    private void planLeaf() {
        if (toy.levels() == 2) {
            planTable();
            return;
        }
        int page = random.nextInt(toy.pages());
        if (chance(50)) {
            store(tables[0] + 8L * page, 0);
            barrier();
            invalidate(chance(50) ? Scope.PAGE_ZERO : Scope.LEAVES_ONLY, tags[0]);
        }
        store(tables[0] + 8L * page, nextOutput() | ToyHardware.VALID);
        barrier();
        invalidate(chance(50) ? Scope.PAGE_ZERO : chance(50) ? Scope.ALL : Scope.PAGING, tags[0]);
        if (chance(50)) {
            invalidate(Scope.DEVICE, 0);
        }
    }

    /** Another lower table below the upper one, or another table below the entry. */
    private void planTable() {
        boolean zeroed = chance(60);
        long[] fresh = {0};
        // Where it will be is known only once it is there; so all that depends on it are steps that look it up.
        step(() -> fresh[0] = pages.put(machine.allocate(zeroed), ToyPages.Use.LOWER_TABLE));
        long output = nextOutput();
        for (int page = 0; page < toy.pages(); page++) {
            long offset = 8L * page;
            step(() -> {
                if (fresh[0] != 0) {
                    machine.store(fresh[0] + offset, output + 512 * offset | ToyHardware.VALID);
                }
            });
        }
        if (!toy.snoopedTables()) {
            step(() -> {
                if (fresh[0] != 0) {
                    machine.clean(fresh[0]);
                }
            });
        }
        barrier();
        long old = toy.levels() == 1 ? tables[0] : lowerOf(tables[0]);
        long where = toy.levels() == 1 ? machine.entryWord(entries, ToyMachine.FIRST, toy.tableWord()) : tables[0];
        long valid = toy.levels() == 1 ? 0 : ToyHardware.VALID;
        if (chance(30)) {
            store(where, 0);
            barrier();
        }
        step(() -> {
            if (fresh[0] != 0) {
                machine.store(where, fresh[0] | valid);
            }
        });
        barrier();
        if (toy.levels() == 1) {
            invalidate(Scope.CONFIGURATION, 0);
        }
        invalidate(chance(60) ? Scope.PAGING : chance(50) ? Scope.ALL : Scope.LEAVES_ONLY, tags[0]);
        if (chance(70)) {
            step(() -> machine.free(old));
        }
    }

    private long lowerOf(long upper) {
        return machine.load(upper) & ToyHardware.ADDRESS;
    }

    /** Another page of entries below the directory. */
    private void planDirectory() {
        boolean zeroed = chance(70);
        long[] fresh = {0};
        int tag = chance(50) ? tags[0] : 3;
        step(() -> fresh[0] = pages.putEntriesOf(machine.allocate(zeroed), ToyMachine.FIRST));
        for (int word = 0; word < toy.entryWords(); word++) {
            int index = word;
            long value = word == 0 ? ToyHardware.entryWord(tag) : word == toy.tableWord() ? otherTable : 1;
            step(() -> {
                if (fresh[0] != 0) {
                    machine.store(machine.entryWord(fresh[0], ToyMachine.FIRST, index), value);
                }
            });
        }
        if (!toy.snoopedConfiguration()) {
            step(() -> {
                if (fresh[0] != 0) {
                    machine.clean(machine.entryWord(fresh[0], ToyMachine.FIRST, 0));
                }
            });
        }
        barrier();
        step(() -> {
            if (fresh[0] != 0) {
                machine.point(ToyMachine.FIRST, fresh[0]);
            }
        });
        barrier();
        invalidate(chance(60) ? Scope.CONFIGURATION : chance(50) ? Scope.ENTRY_ONLY : Scope.ALL, 0);
        if (chance(50)) {
            invalidate(Scope.PAGING, tags[0]);
        }
        if (chance(60)) {
            step(() -> machine.free(entries));
        }
    }

    /** Makes mistakes. */
    private void disturb() {
        int mistakes = random.nextInt(5);
        for (int i = 0; i < mistakes && steps.size() > 2; i++) {
            int at = random.nextInt(steps.size() - 1);
            int kind = random.nextInt(4);
            if (kind < 2) {
                steps.remove(at);
            } else if (kind == 2) {
                Collections.swap(steps, at, at + 1);
            } else {
                steps.add(at, extra());
            }
        }
    }

    private Runnable extra() {
        int kind = random.nextInt(6);
        Stream stream = ToyMachine.STREAMS.get(random.nextInt(2));
        switch (kind) {
            case 0:
                return machine::barrier;
            case 1:
                return () -> machine.submit(Scope.ALL, 0);
            case 2:
                int tag = 1 + random.nextInt(3);
                return () -> machine.store(machine.entryWord(entries, stream, 0), ToyHardware.entryWord(tag));
            case 3:
                boolean on = random.nextBoolean();
                return () -> machine.ats(ToyMachine.FIRST, on);
            case 4:
                return () -> machine.store(machine.entryWord(entries, stream, 0), 0);
            default:
                return () -> machine.store(machine.entryWord(entries, stream, toy.tableWord()), otherTable);
        }
    }
}
