package dev.hitless.iommu.conformance.observe;

import static dev.hitless.iommu.conformance.observe.ToyMachine.FIRST;

import dev.hitless.iommu.conformance.observe.ToyInvalidation.Scope;
import dev.hitless.iommu.conformance.trace.Trace;
import dev.hitless.iommu.hardware.StructureKind.FetchOrder;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The scene of hand-made traces: the first device is in a domain with tag 1 that maps page 0 to OLD; the driver wants NEW.
 */
abstract class HandMadeTraces {
    static final long OLD = 0x70_0000_0000L;
    static final long NEW = 0x71_0000_0000L;
    static final int OLD_TAG = 1;
    static final int NEW_TAG = 2;

    ToyHardware toy = ToyHardware.plain(FetchOrder.ANY, 1);
    ToyMachine machine = new ToyMachine(toy);
    long entries;
    long oldTable;
    long newTable;

    void on(ToyHardware hardware) {
        toy = hardware;
        machine = new ToyMachine(hardware);
        entries = hardware.directory() ? machine.allocate(true) : machine.base();
        oldTable = table(OLD);
        newTable = table(NEW);
        for (Stream stream : ToyMachine.STREAMS) {
            if (hardware.directory()) {
                machine.point(stream, entries);
            }
        }
        machine.writeEntry(entries, FIRST, OLD_TAG, oldTable, 0);
    }

    long table(long output) {
        long lower = machine.newLowerTable(output);
        if (toy.levels() == 1) {
            return lower;
        }
        long upper = machine.allocate(true);
        machine.store(upper, lower | ToyHardware.VALID);
        return upper;
    }

    void storeTag(long value) {
        machine.store(machine.entryWord(entries, FIRST, 0), value);
    }

    void storeTable(long table) {
        machine.store(machine.entryWord(entries, FIRST, toy.tableWord()), table);
    }

    void dropEntry() {
        machine.invalidate(Scope.CONFIGURATION, 0);
    }

    void dropPaging() {
        machine.invalidate(Scope.PAGING, OLD_TAG);
    }

    static Set<String> at(Trace trace, int instant, Stream stream, Assumptions assumptions) {
        Observer observer = new Observer(trace, ToyMachine.STREAMS, new long[] {0}, assumptions);
        return observer.outcomes(instant, stream, 0, false).stream()
                .map(HandMadeTraces::name)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    static String name(Outcome outcome) {
        return !outcome.isTranslated()
                ? outcome.kind().name()
                : outcome.attributes() != 0
                        ? outcome.toString()
                        : outcome.output() == OLD ? "OLD" : outcome.output() == NEW ? "NEW" : outcome.toString();
    }

    static Set<String> atEnd(Trace trace, Stream stream) {
        return at(trace, trace.end(), stream, Assumptions.WEAK);
    }

    static Set<String> ever(Trace trace, Stream stream, Assumptions assumptions) {
        Set<String> all = new TreeSet<>();
        for (int t = 0; t <= trace.end(); t++) {
            all.addAll(at(trace, t, stream, assumptions));
        }
        return all;
    }

    /** Whether a translation through {@code table} may be cached under {@code tag} at the end. */
    static boolean cachedAtEnd(Trace trace, int tag, long output) {
        List<CachedTranslation> cached =
                new Observer(trace, ToyMachine.STREAMS, new long[] {0}, Assumptions.WEAK).cached(trace.end());
        return cached.stream().anyMatch(c -> c.tag() == tag && c.translation().outputPage() == output);
    }
}
