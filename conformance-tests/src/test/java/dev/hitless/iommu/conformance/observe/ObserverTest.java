package dev.hitless.iommu.conformance.observe;

import static dev.hitless.iommu.conformance.observe.ToyMachine.FIRST;
import static dev.hitless.iommu.conformance.observe.ToyMachine.SECOND;
import static org.assertj.core.api.Assertions.assertThat;

import dev.hitless.iommu.conformance.observe.Outcome.Kind;
import dev.hitless.iommu.conformance.observe.ToyInvalidation.Scope;
import dev.hitless.iommu.conformance.trace.Trace;
import dev.hitless.iommu.hardware.StructureKind.FetchOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * Hand-made traces, each with one mistake and its correct twin. The first device is in a domain with tag 1 that maps page 0
 * to OLD; the driver wants NEW.
 */
class ObserverTest {
    private static final long OLD = 0x70_0000_0000L;
    private static final long NEW = 0x71_0000_0000L;
    private static final int OLD_TAG = 1;
    private static final int NEW_TAG = 2;

    private ToyHardware toy = ToyHardware.plain(FetchOrder.ANY, 1);
    private ToyMachine machine = new ToyMachine(toy);
    private long entries;
    private long oldTable;
    private long newTable;

    private void on(ToyHardware hardware) {
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

    private long table(long output) {
        long lower = machine.newLowerTable(output);
        if (toy.levels() == 1) {
            return lower;
        }
        long upper = machine.allocate(true);
        machine.store(upper, lower | ToyHardware.VALID);
        return upper;
    }

    private void storeTag(long value) {
        machine.store(machine.entryWord(entries, FIRST, 0), value);
    }

    private void storeTable(long table) {
        machine.store(machine.entryWord(entries, FIRST, toy.tableWord()), table);
    }

    private void dropEntry() {
        machine.invalidate(Scope.CONFIGURATION, 0);
    }

    private void dropPaging() {
        machine.invalidate(Scope.PAGING, OLD_TAG);
    }

    private static Set<String> at(Trace trace, int instant, Stream stream, Assumptions assumptions) {
        Observer observer = new Observer(trace, ToyMachine.STREAMS, new long[] {0}, assumptions);
        return observer.outcomes(instant, stream, 0, false).stream()
                .map(ObserverTest::name)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static String name(Outcome outcome) {
        return !outcome.isTranslated()
                ? outcome.kind().name()
                : outcome.attributes() != 0
                        ? outcome.toString()
                        : outcome.output() == OLD ? "OLD" : outcome.output() == NEW ? "NEW" : outcome.toString();
    }

    private static Set<String> atEnd(Trace trace, Stream stream) {
        return at(trace, trace.end(), stream, Assumptions.WEAK);
    }

    private static Set<String> ever(Trace trace, Stream stream, Assumptions assumptions) {
        Set<String> all = new TreeSet<>();
        for (int t = 0; t <= trace.end(); t++) {
            all.addAll(at(trace, t, stream, assumptions));
        }
        return all;
    }

    /** Whether a translation through {@code table} may be cached under {@code tag} at the end. */
    private static boolean cachedAtEnd(Trace trace, int tag, long output) {
        List<CachedTranslation> cached =
                new Observer(trace, ToyMachine.STREAMS, new long[] {0}, Assumptions.WEAK).cached(trace.end());
        return cached.stream().anyMatch(c -> c.tag() == tag && c.translation().outputPage() == output);
    }

    @Test
    void anEntryOfTwoQuantaWrittenInTwoStoresIsSeenTorn() {
        on(ToyHardware.plain(FetchOrder.ANY, 2));
        Trace trace = machine.record(() -> {
            machine.store(machine.entryWord(entries, FIRST, 1), 7);
            storeTable(newTable);
            machine.barrier();
        });
        assertThat(ever(trace, FIRST, Assumptions.WEAK))
                .as("table and attributes in all four combinations")
                .containsExactlyInAnyOrder(
                        "OLD", "NEW", "0x7000000000 rw attributes 0x700", "0x7100000000 rw attributes 0x700");
    }

    @Test
    void aStoreOf128BitsIsSeenWholeWhereTheQuantumIsThatLarge() {
        on(ToyHardware.plain(FetchOrder.WHOLE, 2));
        long first = machine.entryWord(entries, FIRST, 0);
        Trace wide = machine.record(() -> machine.store128(first, ToyHardware.entryWord(NEW_TAG), newTable));
        assertThat(cachedAtEnd(wide, NEW_TAG, NEW)).isTrue();
        assertThat(cachedAtEnd(wide, OLD_TAG, NEW)).as("old tag, new table").isFalse();
        assertThat(cachedAtEnd(wide, NEW_TAG, OLD)).as("new tag, old table").isFalse();

        on(ToyHardware.plain(FetchOrder.WHOLE, 2));
        Trace narrow = machine.record(() -> {
            storeTag(ToyHardware.entryWord(NEW_TAG));
            storeTable(newTable);
        });
        assertThat(cachedAtEnd(narrow, OLD_TAG, NEW)).as("old tag, new table").isTrue();
        assertThat(cachedAtEnd(narrow, NEW_TAG, OLD)).as("new tag, old table").isTrue();
    }

    @Test
    void twoPending128BitStoresDoNotMixTheFirstVersionOfOneWordWithTheLastOfTheOther() {
        on(ToyHardware.plain(FetchOrder.WHOLE, 2));
        long first = machine.entryWord(entries, FIRST, 0);
        Trace trace = machine.record(() -> {
            machine.store128(first, ToyHardware.entryWord(3), newTable);
            machine.store128(first, ToyHardware.entryWord(NEW_TAG), newTable);
        });
        assertThat(cachedAtEnd(trace, NEW_TAG, NEW)).isTrue();
        assertThat(cachedAtEnd(trace, NEW_TAG, OLD)).isFalse();
        assertThat(cachedAtEnd(trace, OLD_TAG, NEW)).isFalse();
    }

    @Test
    void clearingTheValidBitFirstBlocksInBetweenAndTearsNothing() {
        on(ToyHardware.plain(FetchOrder.ANY, 1));
        Trace trace = machine.record(() -> breakThenMake(true, true));
        assertThat(ever(trace, FIRST, Assumptions.WEAK)).containsExactly("BLOCKED", "NEW", "OLD");
        assertThat(atEnd(trace, FIRST)).containsExactly("NEW");
        assertThat(cachedAtEnd(trace, OLD_TAG, NEW)).isFalse();
    }

    @Test
    void withQuantaInAnyOrderAnInvalidationIsNeededBetweenFillingAndSettingValid() {
        on(ToyHardware.plain(FetchOrder.ANY, 1));
        assertThat(tornAfter(machine.record(() -> breakThenMake(true, false)))).isTrue();
        on(ToyHardware.plain(FetchOrder.ANY, 1));
        assertThat(tornAfter(machine.record(() -> breakThenMake(true, true)))).isFalse();
    }

    @Test
    void withTheValidBitReadFirstNoInvalidationIsNeededBetweenFillingAndSettingValid() {
        on(ToyHardware.plain(FetchOrder.VALID_FIRST, 1));
        assertThat(tornAfter(machine.record(() -> breakThenMake(true, false)))).isFalse();
        on(ToyHardware.plain(FetchOrder.VALID_FIRST, 1));
        assertThat(tornAfter(machine.record(() -> breakThenMake(false, false))))
                .as("but one is needed after clearing it")
                .isTrue();
    }

    /** New tag with the old table, or the other way round. */
    private static boolean tornAfter(Trace trace) {
        return cachedAtEnd(trace, NEW_TAG, OLD) || cachedAtEnd(trace, OLD_TAG, NEW);
    }

    private void breakThenMake(boolean invalidateAfterClear, boolean invalidateBeforeSet) {
        storeTag(0);
        machine.barrier();
        if (invalidateAfterClear) {
            dropEntry();
            dropPaging();
        }
        storeTable(newTable);
        machine.barrier();
        if (invalidateBeforeSet) {
            dropEntry();
        }
        storeTag(ToyHardware.entryWord(NEW_TAG));
        machine.barrier();
        dropEntry();
    }

    @Test
    void aMissingBarrierMattersUnderWeakOrderOnly() {
        on(ToyHardware.plain(FetchOrder.ANY, 1));
        long[] fresh = {0};
        Trace trace = machine.record(() -> {
            fresh[0] = machine.allocate(true);
            machine.store(fresh[0], NEW | ToyHardware.VALID);
            storeTable(fresh[0]);
            machine.barrier();
        });
        assertThat(ever(trace, FIRST, Assumptions.WEAK))
                .containsExactly("NEW", "NOT_MAPPED", "OLD", "UNDEFINED_MEMORY");
        assertThat(ever(trace, FIRST, new Assumptions(Assumptions.StoreOrder.TSO, false, false)))
                .containsExactly("NEW", "OLD");
    }

    @Test
    void withABarrierBeforeThePointerIsPublishedNothingElseIsSeen() {
        on(ToyHardware.plain(FetchOrder.ANY, 1));
        Trace trace = machine.record(() -> {
            long fresh = machine.allocate(true);
            machine.store(fresh, NEW | ToyHardware.VALID);
            machine.barrier();
            storeTable(fresh);
            machine.barrier();
        });
        assertThat(ever(trace, FIRST, Assumptions.WEAK)).containsExactly("NEW", "OLD");
    }

    @Test
    void aStoreThatIsNotCleanedIsNotSeenForCertainWithoutSnooping() {
        ToyHardware unsnooped = new ToyHardware(FetchOrder.ANY, 1, false, 1, false, false, false, false, 1);
        on(unsnooped);
        assertThat(atEnd(machine.record(() -> move(false)), FIRST)).containsExactly("NEW", "OLD");
        on(unsnooped);
        Trace trace = machine.record(() -> move(false));
        assertThat(at(trace, trace.end(), FIRST, new Assumptions(Assumptions.StoreOrder.WEAK, true, false)))
                .as("the clean is to blame")
                .containsExactly("NEW");
        on(unsnooped);
        assertThat(atEnd(machine.record(() -> move(true)), FIRST)).containsExactly("NEW");
    }

    private void move(boolean clean) {
        storeTable(newTable);
        if (clean) {
            machine.clean(machine.entryWord(entries, FIRST, toy.tableWord()));
        }
        machine.barrier();
        dropEntry();
        dropPaging();
    }

    @Test
    void whereWritesArePostedABarrierIsNotEnough() {
        on(new ToyHardware(FetchOrder.ANY, 1, false, 1, true, true, true, false, 1));
        Trace trace = machine.record(() -> {
            storeTag(0);
            machine.barrier();
            machine.barrier();
            dropEntry();
        });
        int submitted = 5;
        assertThat(at(trace, submitted - 2, FIRST, Assumptions.WEAK)).containsExactly("BLOCKED", "OLD");
        assertThat(atEnd(trace, FIRST)).containsExactly("BLOCKED");
    }

    @Test
    void anInvalidationThatNobodyAwaitsProvesNothing() {
        on(ToyHardware.plain(FetchOrder.ANY, 1));
        Trace trace = machine.record(() -> {
            storeTable(newTable);
            machine.barrier();
            machine.submit(Scope.CONFIGURATION, 0);
            machine.submit(Scope.PAGING, OLD_TAG);
        });
        assertThat(atEnd(trace, FIRST)).containsExactly("NEW", "OLD");
        assertThat(at(trace, trace.end(), FIRST, new Assumptions(Assumptions.StoreOrder.WEAK, false, true)))
                .as("awaited together, the IOTLB can have been refilled from the old entry")
                .containsExactly("NEW", "OLD");
    }

    @Test
    void theIotlbInvalidatedBeforeTheEntryIsRefilledFromTheOldEntry() {
        on(ToyHardware.plain(FetchOrder.ANY, 1));
        Trace wrong = machine.record(() -> {
            storeTable(newTable);
            machine.barrier();
            dropPaging();
            dropEntry();
        });
        assertThat(atEnd(wrong, FIRST)).containsExactly("NEW", "OLD");
        on(ToyHardware.plain(FetchOrder.ANY, 1));
        Trace right = machine.record(() -> {
            storeTable(newTable);
            machine.barrier();
            dropEntry();
            dropPaging();
        });
        assertThat(atEnd(right, FIRST)).containsExactly("NEW");
    }

    @Test
    void changingTheTableBeforeTheTagPollutesWhoeverSharesTheOldTag() {
        on(ToyHardware.plain(FetchOrder.ANY, 1));
        machine.writeEntry(entries, SECOND, OLD_TAG, oldTable, 0);
        Trace trace = machine.record(() -> {
            storeTable(newTable);
            machine.barrier();
            storeTag(ToyHardware.entryWord(NEW_TAG));
            machine.barrier();
            dropEntry();
        });
        assertThat(at(trace, 0, SECOND, Assumptions.WEAK)).containsExactly("OLD");
        assertThat(atEnd(trace, SECOND)).containsExactly("NEW", "OLD");
    }

    @Test
    void theDeviceTlbInvalidatedBeforeTheIotlbIsRefilledFromIt() {
        on(ToyHardware.plain(FetchOrder.ANY, 1));
        machine.ats(FIRST, true);
        assertThat(atEnd(machine.record(() -> moveWithAts(Scope.DEVICE, Scope.PAGING)), FIRST))
                .containsExactly("NEW", "OLD");
        on(ToyHardware.plain(FetchOrder.ANY, 1));
        machine.ats(FIRST, true);
        assertThat(atEnd(machine.record(() -> moveWithAts(Scope.PAGING, Scope.DEVICE)), FIRST))
                .containsExactly("NEW");
    }

    private void moveWithAts(Scope... order) {
        storeTable(newTable);
        machine.barrier();
        dropEntry();
        Arrays.stream(order).forEach(scope -> machine.invalidate(scope, scope == Scope.DEVICE ? 0 : OLD_TAG));
    }

    @Test
    void aTableFreedBeforeTheWaitIsUsedAfterFree() {
        assertThat(ever(unlinkLowerTable(false), FIRST, Assumptions.WEAK)).contains(Kind.USE_AFTER_FREE.name());
        assertThat(ever(unlinkLowerTable(true), FIRST, Assumptions.WEAK)).containsExactly("NOT_MAPPED", "OLD");
    }

    private Trace unlinkLowerTable(boolean wait) {
        on(new ToyHardware(FetchOrder.ANY, 1, false, 2, true, true, false, false, 1));
        long lower = machine.load(oldTable) & ToyHardware.ADDRESS;
        return machine.record(() -> {
            machine.store(oldTable, 0);
            machine.barrier();
            int command = machine.submit(Scope.PAGING, OLD_TAG);
            if (wait) {
                machine.await(command);
            }
            machine.free(lower);
            machine.await(command);
        });
    }

    @Test
    void anInvalidationOfLeavesLeavesThePathToAFreedTable() {
        on(new ToyHardware(FetchOrder.ANY, 1, false, 2, true, true, false, false, 1));
        long lower = machine.load(oldTable) & ToyHardware.ADDRESS;
        Trace trace = machine.record(() -> {
            machine.store(oldTable, 0);
            machine.barrier();
            machine.invalidate(Scope.LEAVES_ONLY, OLD_TAG);
            machine.free(lower);
        });
        assertThat(atEnd(trace, FIRST)).containsExactly("NOT_MAPPED", "OLD", "USE_AFTER_FREE");
    }

    @Test
    void aKeptTableEntryUnderALiveTagIsFoundAfterTheEntryThatLedToItHasGone() {
        on(new ToyHardware(FetchOrder.ANY, 1, false, 2, true, true, false, false, 1));
        long lower = machine.load(oldTable) & ToyHardware.ADDRESS;
        Trace trace = machine.record(() -> {
            storeTable(newTable);
            machine.barrier();
            dropEntry();
            machine.invalidate(Scope.LEAVES_ONLY, OLD_TAG);
            machine.free(lower);
        });
        assertThat(atEnd(trace, FIRST)).contains("USE_AFTER_FREE", "NEW");
    }

    @Test
    void anEntryReadThroughAStaleDirectoryEntryGoesWithIt() {
        assertThat(ever(swapDirectoryEntry(Scope.CONFIGURATION), FIRST, Assumptions.WEAK))
                .containsExactly("NEW", "OLD");
        assertThat(ever(swapDirectoryEntry(Scope.ENTRY_ONLY), FIRST, Assumptions.WEAK))
                .as("an invalidation of entries leaves the directory's")
                .contains("USE_AFTER_FREE");
    }

    private Trace swapDirectoryEntry(Scope scope) {
        on(new ToyHardware(FetchOrder.ANY, 1, true, 1, true, true, false, false, 1));
        long fresh = machine.allocate(true);
        machine.writeEntry(fresh, FIRST, NEW_TAG, newTable, 0);
        return machine.record(() -> {
            machine.point(FIRST, fresh);
            machine.barrier();
            machine.invalidate(scope, 0);
            dropPaging();
            machine.free(entries);
        });
    }

    @Test
    void anEntryThatIsNotValidIsServedFromTheCacheWhereHardwareMayKeepIt() {
        for (boolean kept : new boolean[] {false, true}) {
            on(new ToyHardware(FetchOrder.ANY, 1, false, 1, true, true, false, kept, 1));
            storeTag(0);
            Trace trace = machine.record(() -> {
                storeTag(ToyHardware.entryWord(OLD_TAG));
                machine.barrier();
            });
            assertThat(atEnd(trace, FIRST).contains("BLOCKED")).isEqualTo(kept);
        }
    }
}
