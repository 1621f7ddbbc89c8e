package dev.hitless.iommu.conformance.observe;

import static dev.hitless.iommu.conformance.observe.ToyMachine.FIRST;
import static org.assertj.core.api.Assertions.assertThat;

import dev.hitless.iommu.conformance.observe.ToyInvalidation.Scope;
import dev.hitless.iommu.conformance.trace.Trace;
import dev.hitless.iommu.hardware.StructureKind.FetchOrder;
import org.junit.jupiter.api.Test;

/** What can be read: torn entries, fetch orders, barriers, cache cleaning. Each mistake has its correct twin. */
class ObserverFetchTest extends HandMadeTraces {
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
        ToyHardware unsnooped = new ToyHardware(FetchOrder.ANY, 1, false, 1, false, false, false, false, 1, true);
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
        for (boolean posted : new boolean[] {false, true}) {
            on(new ToyHardware(FetchOrder.ANY, 1, false, 1, true, true, posted, false, 1, true));
            storeTag(0);
            Trace trace = machine.record(() -> {
                storeTag(ToyHardware.entryWord(OLD_TAG));
                machine.barrier();
                machine.submit(Scope.CONFIGURATION, 0);
            });
            int barrier = 2;
            assertThat(at(trace, barrier, FIRST, Assumptions.WEAK).contains("BLOCKED"))
                    .isEqualTo(posted);
            assertThat(atEnd(trace, FIRST)).as("a command flushes").containsExactly("OLD");
        }
    }
}
