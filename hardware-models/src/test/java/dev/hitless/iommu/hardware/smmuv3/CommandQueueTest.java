package dev.hitless.iommu.hardware.smmuv3;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hitless.iommu.hardware.HardwarePort.Fate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CommandQueueTest {
    private static final long CFGI_ALL = 4;
    private static final long TLBI_ALL = 0x30;
    private static final long ATC_INV = (long) SmmuBench.SID << 32 | 0x40;
    private static final long SYNC = 0x46;
    private static final int ILL = 1 << 24;
    private static final int ABT = 2 << 24;
    private static final int ATC_TIMEOUT = 3 << 24;

    private final SmmuBench bench = SmmuBench.running();

    private void loseEvery(String command) {
        bench.bus.fates = text -> text.startsWith(command) ? Fate.LOSE : Fate.EXECUTE;
    }

    @Test
    void anInvalidationIsSubmittedAtTheDoorbellAndSeenPastTheNextSync() {
        bench.put(CFGI_ALL, 31);
        assertThat(bench.bus.submitted).isEmpty();
        bench.doorbell();
        assertThat(bench.bus.submitted).hasSize(1);
        assertThat(bench.read(SmmuBench.CMDQ_CONS)).isEqualTo(1);
        assertThat(bench.bus.observed).as("consumed is not completed").isEmpty();
        bench.command(SYNC, 0);
        assertThat(bench.bus.observed).as("nobody has looked").isEmpty();
        assertThat(bench.read(SmmuBench.CMDQ_CONS)).isEqualTo(2);
        assertThat(bench.bus.observed).containsExactly(0);
        bench.sync();
        assertThat(bench.bus.observed).containsExactly(0);
    }

    @Test
    void aSyncCoversAllEarlierInvalidationsAndNoLaterOne() {
        bench.put(CFGI_ALL, 31);
        bench.put(TLBI_ALL, 0);
        bench.put(SYNC, 0);
        bench.put(ATC_INV, 52);
        bench.doorbell();
        bench.read(SmmuBench.CMDQ_CONS);
        assertThat(bench.bus.observed).containsExactly(0, 1);
        bench.sync();
        assertThat(bench.bus.observed).containsExactly(0, 1, 2);
    }

    @Test
    void indicesWrapWithTheirWrapBit() {
        for (int round = 0; round < 20; round++) {
            bench.command(SYNC, 0);
            assertThat(bench.read(SmmuBench.CMDQ_CONS)).isEqualTo(round + 1 & 0xF);
        }
        for (int i = 0; i < 8; i++) {
            bench.put(TLBI_ALL, 0);
        }
        bench.doorbell();
        assertThat(bench.bus.submitted).as("a full queue").hasSize(8);
        assertThat(bench.bus.complaints).isEmpty();
    }

    @Test
    void aDoorbellThatOverrunsOrMovesBackIsMalformedAndIgnored() {
        bench.write(SmmuBench.CR0, SmmuBench.SMMUEN);
        bench.write(SmmuBench.CR0, SmmuBench.SMMUEN | SmmuBench.CMDQEN);
        bench.write(SmmuBench.CMDQ_PROD, 9);
        assertThat(bench.bus.complaints).singleElement().asString().contains("overruns");
        assertThat(bench.read(SmmuBench.CMDQ_PROD)).isZero();
        bench.bus.fates = text -> Fate.LOSE;
        bench.put(SYNC, 0);
        bench.put(SYNC, 0);
        bench.doorbell();
        bench.write(SmmuBench.CMDQ_PROD, 1);
        assertThat(bench.bus.complaints).hasSize(2);
        bench.write(SmmuBench.CMDQ_PROD, 0x12);
        assertThat(bench.bus.complaints).hasSize(3).last().asString().contains("above the wrap bit");
    }

    @Test
    void aMessageIsWrittenAndSeenByLoadingIt() {
        long mailbox = bench.allocate();
        bench.bus.write64(mailbox, -1);
        bench.put(TLBI_ALL, 0);
        bench.put(0xCAFEL << 32 | 1 << 12 | SYNC, mailbox + 4);
        bench.doorbell();
        assertThat(bench.bus.read64(mailbox)).isEqualTo(0xCAFE_FFFF_FFFFL);
        bench.model.loaded(mailbox + 8, 0xCAFE_FFFF_FFFFL);
        bench.model.loaded(mailbox, 0xFFFF_FFFFL);
        assertThat(bench.bus.observed).as("another word, another value").isEmpty();
        bench.model.loaded(mailbox, 0xCAFE_FFFF_FFFFL);
        assertThat(bench.bus.observed).containsExactly(0);
        bench.model.loaded(mailbox, 0xCAFE_FFFF_FFFFL);
        assertThat(bench.bus.observed).containsExactly(0);
    }

    @Test
    void aMessageMayClearTheSlotOfItsOwnSync() {
        bench.put(TLBI_ALL, 0);
        long slot = bench.commandQueue + 16;
        bench.put(1 << 12 | SYNC, slot);
        bench.doorbell();
        assertThat(bench.bus.read64(slot)).isZero();
        bench.model.loaded(slot, 0);
        assertThat(bench.bus.observed).containsExactly(0);
    }

    @Test
    void aLaterMessageShowsThatEarlierSyncsCompleted() {
        long mailbox = bench.allocate();
        bench.command(TLBI_ALL, 0);
        bench.command(SYNC, 0);
        bench.command(CFGI_ALL, 31);
        bench.command(7L << 32 | 1 << 12 | SYNC, mailbox);
        bench.model.loaded(mailbox, 7);
        assertThat(bench.bus.observed).containsExactly(0, 1);
    }

    @Test
    void aMessageToNowhereIsAGlobalError() {
        bench.command(1 << 12 | SYNC, 0x7000_0000);
        assertThat(bench.read(SmmuBench.GERROR)).isEqualTo(1 << 4);
        assertThat(bench.read(SmmuBench.CMDQ_CONS)).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(longs = {0x00, 0x46 | 1 << 10, 0x46 | 3 << 12, 0x30 | 1L << 63})
    void anIllegalCommandStopsTheQueueUntilAcknowledged(long illegal) {
        bench.command(illegal, 0);
        assertThat(bench.read(SmmuBench.CMDQ_CONS)).isEqualTo(ILL);
        assertThat(bench.read(SmmuBench.GERROR)).isEqualTo(1);
        assertThat(bench.bus.complaints).hasSize(1);
        bench.command(TLBI_ALL, 0);
        assertThat(bench.bus.submitted).as("stopped").isEmpty();
        bench.bus.write64(bench.commandQueue, SYNC);
        bench.bus.write64(bench.commandQueue + 8, 0);
        bench.write(SmmuBench.GERRORN, 1);
        assertThat(bench.bus.submitted).hasSize(1);
        assertThat(bench.read(SmmuBench.CMDQ_CONS) & 0xF).isEqualTo(2);
        bench.command(illegal, 0);
        assertThat(bench.read(SmmuBench.GERROR)).as("toggled back").isZero();
        assertThat(bench.read(SmmuBench.GERRORN)).isEqualTo(1);
    }

    @Test
    void acknowledgingWithoutRepairFailsAgain() {
        bench.command(0, 0);
        bench.write(SmmuBench.GERRORN, 1);
        assertThat(bench.read(SmmuBench.GERROR)).isZero();
        assertThat(bench.read(SmmuBench.CMDQ_CONS)).isEqualTo(ILL);
    }

    @Test
    void acknowledgingWhatIsNotActiveIsMalformed() {
        bench.write(SmmuBench.GERRORN, 1);
        assertThat(bench.bus.complaints).hasSize(1);
        assertThat(bench.read(SmmuBench.GERRORN)).isZero();
    }

    @Test
    void aQueueWithoutMemoryAborts() {
        SmmuBench lost = SmmuBench.reset();
        lost.write64(SmmuBench.CMDQ_BASE, 0x7000_0000L | 3);
        lost.write(SmmuBench.CR0, SmmuBench.CMDQEN);
        lost.write(SmmuBench.CMDQ_PROD, 1);
        assertThat(lost.read(SmmuBench.CMDQ_CONS)).isEqualTo(ABT);
        assertThat(lost.read(SmmuBench.GERROR)).isEqualTo(1);
    }

    @Test
    void aRejectedCommandLooksIllegalButIsNoComplaint() {
        bench.bus.fates = text -> Fate.REJECT;
        bench.command(TLBI_ALL, 0);
        assertThat(bench.read(SmmuBench.CMDQ_CONS)).isEqualTo(ILL);
        assertThat(bench.bus.submitted).isEmpty();
        assertThat(bench.bus.complaints).isEmpty();
        bench.bus.fates = text -> Fate.EXECUTE;
        bench.write(SmmuBench.GERRORN, 1);
        assertThat(bench.bus.submitted).hasSize(1);
    }

    @Test
    void aLostDeviceInvalidationFailsTheSyncAndVoidsAllOutstandingOnes() {
        boolean[] first = {true};
        bench.bus.fates = text -> {
            boolean lose = first[0] && text.startsWith("CMD_ATC_INV");
            first[0] &= !lose;
            return lose ? Fate.LOSE : Fate.EXECUTE;
        };
        bench.put(TLBI_ALL, 0);
        bench.put(ATC_INV, 52);
        bench.put(ATC_INV + (1L << 32), 52);
        bench.put(SYNC, 0);
        bench.doorbell();
        assertThat(bench.read(SmmuBench.CMDQ_CONS)).isEqualTo(ATC_TIMEOUT | 3);
        assertThat(bench.read(SmmuBench.GERROR)).isEqualTo(1);
        assertThat(bench.bus.observed).as("the SYNC's guarantees are void").isEmpty();
        bench.write(SmmuBench.GERRORN, 1);
        assertThat(bench.read(SmmuBench.CMDQ_CONS) & 0xF).isEqualTo(4);
        assertThat(bench.bus.observed)
                .as("other work completes, the lost ones never do")
                .containsExactly(0);
    }

    @Test
    void aLostCommandHangsTheNextSyncUntilTheQueueIsRestarted() {
        loseEvery("CMD_TLBI");
        bench.put(TLBI_ALL, 0);
        bench.put(CFGI_ALL, 31);
        bench.put(SYNC, 0);
        bench.doorbell();
        assertThat(bench.read(SmmuBench.CMDQ_CONS))
                .as("at the SYNC, without error")
                .isEqualTo(2);
        assertThat(bench.read(SmmuBench.GERROR)).isZero();
        bench.command(CFGI_ALL, 31);
        assertThat(bench.bus.submitted).as("nothing later starts").hasSize(2);
        bench.write(SmmuBench.CR0, SmmuBench.SMMUEN);
        bench.write(SmmuBench.CR0, SmmuBench.SMMUEN | SmmuBench.CMDQEN);
        assertThat(bench.read(SmmuBench.CMDQ_CONS)).isEqualTo(4);
        assertThat(bench.bus.observed).as("the lost one is not among them").containsExactly(1);
    }

    @Test
    void aLostSyncHangs() {
        loseEvery("CMD_SYNC");
        bench.command(TLBI_ALL, 0);
        bench.sync();
        assertThat(bench.read(SmmuBench.CMDQ_CONS)).isEqualTo(1);
        assertThat(bench.bus.observed).isEmpty();
    }

    @Test
    void deviceInvalidationsAreIgnoredWhileTheSmmuIsOff() {
        SmmuBench off = SmmuBench.withCommandQueue();
        off.command(ATC_INV, 52);
        off.command(CFGI_ALL, 31);
        assertThat(off.bus.submitted).hasSize(1);
    }

    @Test
    void pageResponsesGoToTheDevice() {
        bench.command((long) SmmuBench.SID << 32 | 5 << 12 | 1 << 11 | 0x41, 2 << 12 | 0x1FF);
        bench.command((long) SmmuBench.SID << 32 | 0x41, 1);
        assertThat(bench.bus.pageResponses).containsExactly("20/5/1ff/SUCCESS", "20/ffffffff/1/FAILURE");
    }

    @ParameterizedTest
    @ValueSource(longs = {0x01, 0x44, 0x44 | 1 << 12, 0x45})
    void prefetchesAndStallAnswersAreAccepted(long command) {
        bench.command(command, 0);
        assertThat(bench.read(SmmuBench.CMDQ_CONS)).isEqualTo(1);
        assertThat(bench.bus.complaints).isEmpty();
    }

    @Test
    void aDisabledQueueRunsNothingAndCanBeMoved() {
        SmmuBench off = SmmuBench.reset();
        off.write64(SmmuBench.CMDQ_BASE, off.commandQueue | 3);
        off.write(SmmuBench.CMDQ_CONS, 5);
        off.bus.write64(off.commandQueue + 5 * 16, CFGI_ALL);
        off.write(SmmuBench.CMDQ_PROD, 6);
        assertThat(off.bus.submitted).isEmpty();
        off.write(SmmuBench.CR0, SmmuBench.CMDQEN);
        assertThat(off.bus.submitted).hasSize(1);
        off.write(SmmuBench.CMDQ_CONS, 0);
        off.write64(SmmuBench.CMDQ_BASE, 0);
        assertThat(off.bus.complaints).hasSize(2);
        assertThat(off.read(SmmuBench.CMDQ_CONS)).isEqualTo(6);
    }

    @Test
    void aBaseThatIsTooLargeOrNotAlignedIsMalformed() {
        SmmuBench off = SmmuBench.reset();
        off.write64(SmmuBench.CMDQ_BASE, off.commandQueue + 0x20 | 3);
        off.write64(SmmuBench.CMDQ_BASE, off.commandQueue | 9);
        assertThat(off.bus.complaints).hasSize(2);
    }

    @Test
    void aSlowQueueIsShortAndGoesOnAfterEachLookAndNotBefore() {
        SmmuBench slow = SmmuBench.running("command-pace", "as-polled");
        assertThat(slow.model.commandQueueEntries()).isEqualTo(8);
        slow.put(CFGI_ALL, 31);
        slow.put(SYNC, 0);
        slow.doorbell();
        assertThat(slow.bus.submitted).hasSize(1);
        assertThat(slow.read(SmmuBench.CMDQ_CONS)).isZero();
        assertThat(slow.read(SmmuBench.CMDQ_CONS)).isEqualTo(1);
        assertThat(slow.bus.observed).isEmpty();
        assertThat(slow.read(SmmuBench.CMDQ_CONS)).isEqualTo(2);
        assertThat(slow.bus.observed).containsExactly(0);
        assertThat(slow.bus.submitted).hasSize(1);
        assertThat(slow.bus.complaints).isEmpty();
    }

    @Test
    void aCommandThatIsChangedBeforeASlowQueueHasTakenItIsMalformed() {
        SmmuBench slow = SmmuBench.running("command-pace", "as-polled");
        slow.command(CFGI_ALL, 31);
        slow.bus.write64(slow.commandQueue, TLBI_ALL);
        slow.bus.write64(slow.commandQueue + 8, 0);
        slow.read(SmmuBench.CMDQ_CONS);
        assertThat(slow.bus.complaints).singleElement().asString().contains("changed after the doorbell");
    }
}
