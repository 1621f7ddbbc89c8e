package dev.hitless.iommu.conformance.observe;

import static dev.hitless.iommu.conformance.observe.ToyMachine.FIRST;
import static dev.hitless.iommu.conformance.observe.ToyMachine.SECOND;
import static org.assertj.core.api.Assertions.assertThat;

import dev.hitless.iommu.conformance.observe.Outcome.Kind;
import dev.hitless.iommu.conformance.observe.ToyInvalidation.Scope;
import dev.hitless.iommu.conformance.trace.Trace;
import dev.hitless.iommu.hardware.StructureKind.FetchOrder;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** What can be left in caches: invalidations missing, too narrow, or in the wrong order. Each mistake has its correct twin. */
class ObserverCacheTest extends HandMadeTraces {
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
                .as("each complete at once, so that only the missing waits can be to blame")
                .containsExactly("NEW");
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
    void whatIsCachedUnderAnotherTagIsNotSeen() {
        on(ToyHardware.plain(FetchOrder.ANY, 1));
        machine.writeEntry(entries, SECOND, NEW_TAG, newTable, 0);
        Trace trace = machine.record(machine::barrier);
        assertThat(atEnd(trace, FIRST)).containsExactly("OLD");
        assertThat(atEnd(trace, SECOND)).containsExactly("NEW");
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

    @Test
    void whatADeviceHeldIsGoneOnceItsAtsWasSwitchedOff() {
        for (boolean off : new boolean[] {false, true}) {
            on(ToyHardware.plain(FetchOrder.ANY, 1));
            machine.ats(FIRST, true);
            Trace trace = machine.record(() -> {
                moveWithAts(Scope.PAGING);
                if (off) {
                    machine.ats(FIRST, false);
                }
            });
            assertThat(atEnd(trace, FIRST).contains("OLD")).isEqualTo(!off);
        }
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

    @Test
    void aTranslationOutlivesTheLeafThatItWasMadeFromUntilItIsInvalidated() {
        for (boolean leavesKept : new boolean[] {false, true}) {
            assertThat(atEnd(unmap(leavesKept, false), FIRST)).containsExactly("NOT_MAPPED", "OLD");
            assertThat(atEnd(unmap(leavesKept, true), FIRST)).containsExactly("NOT_MAPPED");
        }
    }

    private Trace unmap(boolean leavesKept, boolean invalidate) {
        on(new ToyHardware(FetchOrder.ANY, 1, false, 1, true, true, false, false, 1, leavesKept));
        return machine.record(() -> {
            machine.store(oldTable, 0);
            machine.barrier();
            if (invalidate) {
                dropPaging();
            }
        });
    }

    private Trace unlinkLowerTable(boolean wait) {
        on(new ToyHardware(FetchOrder.ANY, 1, false, 2, true, true, false, false, 1, true));
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
        on(new ToyHardware(FetchOrder.ANY, 1, false, 2, true, true, false, false, 1, true));
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
        on(new ToyHardware(FetchOrder.ANY, 1, false, 2, true, true, false, false, 1, true));
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
        assertThat(atEnd(swapDirectoryEntry(Scope.CONFIGURATION), FIRST)).containsExactly("NEW");
        assertThat(ever(swapDirectoryEntry(Scope.ENTRY_ONLY), FIRST, Assumptions.WEAK))
                .as("an invalidation of entries leaves the directory's")
                .contains("USE_AFTER_FREE");
    }

    @Test
    void anEntryOnAPageThatTheDirectoryLeftIsNotReadAnyMore() {
        on(new ToyHardware(FetchOrder.ANY, 1, true, 1, true, true, false, false, 1, true));
        long fresh = machine.allocate(true);
        machine.writeEntry(fresh, FIRST, NEW_TAG, newTable, 0);
        Trace trace = machine.record(() -> {
            machine.point(FIRST, fresh);
            machine.barrier();
            dropEntry();
            storeTag(0);
        });
        assertThat(atEnd(trace, FIRST)).containsExactly("NEW");
    }

    private Trace swapDirectoryEntry(Scope scope) {
        on(new ToyHardware(FetchOrder.ANY, 1, true, 1, true, true, false, false, 1, true));
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
            on(new ToyHardware(FetchOrder.ANY, 1, false, 1, true, true, false, kept, 1, true));
            storeTag(0);
            Trace trace = machine.record(() -> {
                storeTag(ToyHardware.entryWord(OLD_TAG));
                machine.barrier();
            });
            assertThat(atEnd(trace, FIRST).contains("BLOCKED")).isEqualTo(kept);
        }
    }
}
