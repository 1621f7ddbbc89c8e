package dev.hitless.iommu.driver.support.update;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.hitless.iommu.api.Errno;
import dev.hitless.iommu.api.IommuException;
import dev.hitless.iommu.driver.support.FakeMemory;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PlanExecutionTest {
    private static final VtdPasidEntries LAYOUT = new VtdPasidEntries();
    private static final EntryContent OLD = VtdPasidEntries.firstStage(7, 0x1_0000);
    private static final EntryContent NEW = VtdPasidEntries.nested(8, 0x2_0000, 0x3_0000);
    private static final EntryContent SECOND_STAGE = VtdPasidEntries.secondStage(9, 0x4_0000);
    private static final long OFFSET = 64 * 5;

    private final FakeMemory memory = new FakeMemory(false, true);
    private final PlanExecutor executor = new PlanExecutor(memory, 2);
    private final long leaf = leafWith(OLD);

    private long leafWith(EntryContent content) {
        long address = memory.allocate(4096, true);
        for (int i = 0; i < 512; i++) {
            memory.store64(address + 8L * i, 0x1000L * i);
        }
        for (int i = 0; i < 8; i++) {
            memory.store64(address + OFFSET + 8L * i, content.word(i));
        }
        memory.cleanCache(address, 4096);
        memory.writeBarrier();
        memory.clearLog();
        return address;
    }

    /** Notes calls in the memory's log; checks that what it is told is what hardware sees; fails as often as told. */
    private final class Invalidator implements EntryInvalidator {
        int failures;
        int failAtCall = Integer.MAX_VALUE;
        int calls;

        private void called(String name) {
            if (calls++ >= failAtCall && failures-- > 0) {
                throw new IommuException(Errno.ETIMEDOUT, "lost");
            }
            memory.note(name);
        }

        @Override
        public void invalidateConfiguration(EntryContent tagged, EntryContent current) {
            for (int i = 0; i < 8; i++) {
                assertThat(memory.visible(leaf + OFFSET + 8L * i)).isEqualTo(current.word(i));
            }
            called("configuration " + tagged.word(1));
        }

        @Override
        public void invalidateLeafPointer(EntryContent replaced, EntryContent current) {
            called("leaf pointer");
        }

        @Override
        public void invalidateTranslation(EntryContent replaced) {
            called("translation " + replaced.word(1));
        }

        @Override
        public void invalidateDevice(EntryContent replaced) {
            called("device");
        }
    }

    private final Invalidator invalidator = new Invalidator();

    private UpdatePlan plan(EntryContent to, PlanOptions options) {
        return new UpdatePlanner(LAYOUT, true).plan(EntryContent.load(memory, leaf + OFFSET, 8), to, options);
    }

    @Test
    void stepsAreCarriedOutInOrder() {
        executor.execute(plan(SECOND_STAGE, PlanOptions.DEFAULT), leaf + OFFSET, invalidator);

        String entry = Long.toHexString(leaf + OFFSET);
        String second = Long.toHexString(leaf + OFFSET + 16);
        assertThat(memory.log())
                .containsExactly(
                        "barrier",
                        "store128 " + entry,
                        "clean " + entry,
                        "barrier",
                        "configuration 7",
                        "store128 " + second,
                        "clean " + second,
                        "barrier",
                        "configuration 9",
                        "translation 7",
                        "device");
        assertThat(EntryContent.load(memory, leaf + OFFSET, 8)).isEqualTo(SECOND_STAGE);
    }

    @Test
    void invalidationThatFailsOnceIsRepeated() {
        invalidator.failAtCall = 0;
        invalidator.failures = 1;

        executor.execute(plan(SECOND_STAGE, PlanOptions.DEFAULT), leaf + OFFSET, invalidator);

        assertThat(memory.log()).contains("configuration 7", "configuration 9", "translation 7", "device");
    }

    @Test
    void interruptionSaysWhetherTheOldContentIsStillInForceAndWhatMayBeCached() {
        EntryContent from = SECOND_STAGE;
        executor.execute(plan(from, PlanOptions.DEFAULT), leaf + OFFSET, invalidator);
        UpdatePlan plan = plan(NEW, PlanOptions.DEFAULT);
        List<Boolean> oldInForce = new ArrayList<>();
        // Ahead of the switch two tags are dropped; the third call is the one after the switch.
        for (int call : new int[] {0, 2}) {
            invalidator.calls = 0;
            invalidator.failAtCall = call;
            invalidator.failures = 2;
            UpdateInterruptedException e = catchThrowableOfType(
                    UpdateInterruptedException.class, () -> executor.execute(plan, leaf + OFFSET, invalidator));
            assertThat(e.errno()).isEqualTo(Errno.ETIMEDOUT);
            assertThat(e).hasMessageContaining("in-place").hasMessageContaining("lost");
            assertThat(e.possiblyCached()).isNotEmpty();
            oldInForce.add(e.oldStillInForce());
        }
        assertThat(oldInForce).containsExactly(true, false);
    }

    @Test
    void updateAfterAnInterruptionFirstDropsWhatMayBeCached() {
        UpdatePlan plan = plan(OLD, PlanOptions.DEFAULT.withPossiblyCached(List.of(SECOND_STAGE, NEW)));

        executor.execute(plan, leaf + OFFSET, invalidator);

        assertThat(memory.log())
                .containsExactly(
                        "barrier",
                        "configuration 9",
                        "configuration 8",
                        "translation 7",
                        "translation 9",
                        "translation 8",
                        "device");
    }

    @Test
    void leafSwapChangesOneEntryAndIsVisibleBeforeThePointer() {
        long directory = memory.allocate(4096, true);
        memory.cleanCache(directory, 4096);
        memory.writeBarrier();
        LeafSwap swap = LeafSwap.prepare(memory, leaf, 4096, false);
        UpdatePlan plan = plan(NEW, PlanOptions.DEFAULT.withLeafSwap());
        memory.afterStore(() -> {
            if (memory.load64(directory) != 0) {
                for (int i = 0; i < 512; i++) {
                    int inEntry = i - (int) OFFSET / 8;
                    long expected = inEntry >= 0 && inEntry < 8 ? NEW.word(inEntry) : 0x1000L * i;
                    assertThat(memory.visible(swap.newLeaf() + 8L * i)).isEqualTo(expected);
                }
            }
        });
        memory.clearLog();

        swap.execute(executor, plan, OFFSET, directory, swap.newLeaf() | 1, invalidator);

        assertThat(memory.visible(directory)).isEqualTo(swap.newLeaf() | 1);
        List<String> log = memory.log();
        assertThat(log.subList(log.indexOf("store " + Long.toHexString(directory)), log.size()))
                .containsExactly(
                        "store " + Long.toHexString(directory),
                        "clean " + Long.toHexString(directory),
                        "barrier",
                        "leaf pointer",
                        "translation 7",
                        "device",
                        "free " + Long.toHexString(leaf));
    }

    @Test
    void interruptedLeafSwapKeepsBothLeaves() {
        long directory = memory.allocate(4096, true);
        LeafSwap swap = LeafSwap.prepare(memory, leaf, 4096, false);
        invalidator.failAtCall = 0;
        invalidator.failures = 9;
        int live = memory.live();

        assertThatThrownBy(() -> swap.execute(
                        executor,
                        plan(NEW, PlanOptions.DEFAULT.withLeafSwap()),
                        OFFSET,
                        directory,
                        swap.newLeaf() | 1,
                        invalidator))
                .isInstanceOfSatisfying(UpdateInterruptedException.class, e -> assertThat(e.oldStillInForce())
                        .isFalse());
        assertThat(memory.live()).isEqualTo(live);
    }

    @Test
    void leafSwapThatFindsNoMemoryStoresNothing() {
        memory.failAllocation(0);
        memory.clearLog();

        assertThatThrownBy(() -> LeafSwap.prepare(memory, leaf, 4096, false)).hasMessageContaining("ENOMEM");
        assertThat(memory.log()).isEmpty();

        LeafSwap.prepare(memory, leaf, 4096, false).abandon();
        assertThat(memory.live()).isEqualTo(1);
    }

    @Test
    void leafSwapIsNotDoneByStoresToTheEntry() {
        UpdatePlan plan = plan(NEW, PlanOptions.DEFAULT.withLeafSwap());

        assertThatThrownBy(() -> executor.execute(plan, leaf + OFFSET, invalidator))
                .hasMessageContaining("prepared LeafSwap");
        assertThat(EntryContent.load(memory, leaf + OFFSET, 8)).isEqualTo(OLD);
    }

    @Test
    void targetWithBitsThatItDoesNotUseIsRefused() {
        assertThatThrownBy(() -> plan(SECOND_STAGE.withWord(2, 0x1000), PlanOptions.DEFAULT))
                .hasMessageContaining("sets bits that it does not use: [0 0 1000 0 0 0 0 0]");
    }

    @Test
    void planPrintsItself() {
        assertThat(plan(SECOND_STAGE, PlanOptions.DEFAULT).toString())
                .contains("PASID entry [49 7 10000 0 0 0 0 0] -> [40089 9 0 0 0 0 0 0]: in-place, hitless")
                .contains("2  store word 0 = 0x40089, word 1 = 0x9")
                .contains("5  invalidate configuration of [49 7 10000 0 0 0 0 0] and wait");
    }
}
