package dev.hitless.iommu.hardware.smmuv3;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hitless.iommu.hardware.DmaRequest;
import org.junit.jupiter.api.Test;

class EventQueueTest {
    private static final long SID_FIELD = (long) SmmuBench.SID << 32;

    private final SmmuBench bench = SmmuBench.running();

    private void access(int pasid, long iova, boolean write) {
        bench.model.access(new DmaRequest(SmmuBench.SID, pasid, iova, write, false));
    }

    private long word(int record, int index) {
        return bench.bus.read64(bench.eventQueue + record * 32L + index * 8L);
    }

    private int records() {
        return bench.read(SmmuBench.EVENTQ_PROD);
    }

    @Test
    void aConfigurationErrorIsRecordedWithStreamAndSubstream() {
        access(0x12345, 0x1000, true);
        assertThat(records()).isEqualTo(1);
        assertThat(word(0, 0)).isEqualTo(SID_FIELD | 0x12345 << 12 | 1 << 11 | 0x04);
        assertThat(word(0, 1)).isZero();
    }

    @Test
    void aTranslationFaultIsRecordedWithItsAddressAndDirection() {
        bench.singleContext(1);
        access(SmmuBench.NO_PASID, 0x1234, false);
        access(SmmuBench.NO_PASID, 0x5678, true);
        assertThat(word(0, 0)).isEqualTo(SID_FIELD | 0x10);
        assertThat(word(0, 1)).isEqualTo(1L << 35 | 2L << 40);
        assertThat(word(0, 2)).isEqualTo(0x1234);
        assertThat(word(1, 1)).isEqualTo(2L << 40);
        assertThat(word(1, 2)).isEqualTo(0x5678);
    }

    @Test
    void aContextThatRecordsNothingFaultsSilently() {
        bench.singleContext(1);
        long descriptor = bench.bus.read64(bench.level2StreamTable + SmmuBench.SID * 64L) & ~0x3FL;
        bench.bus.write64(descriptor, SmmuBench.CD_STAGE1 & ~(1L << 45));
        access(SmmuBench.NO_PASID, 0x1000, false);
        assertThat(records()).isZero();
    }

    @Test
    void anAbortAndAnAtsRequestThatFindsNothingAreSilent() {
        bench.ste(SmmuBench.SID, SmmuBench.STE_VALID);
        access(SmmuBench.NO_PASID, 0, false);
        bench.singleContext(1);
        long ste = bench.level2StreamTable + SmmuBench.SID * 64L;
        bench.bus.write64(ste + 8, bench.bus.read64(ste + 8) | SmmuBench.EATS_FULL);
        bench.model.access(new DmaRequest(SmmuBench.SID, -1, 0, false, true));
        assertThat(records()).isZero();
    }

    @Test
    void aRefusedAtsRequestIsRecorded() {
        bench.singleContext(1);
        bench.model.access(new DmaRequest(SmmuBench.SID, -1, 0x1000, false, true));
        assertThat(word(0, 0)).isEqualTo(SID_FIELD | 0x05);
        assertThat(word(0, 2)).isEqualTo(0x1000);
    }

    @Test
    void aStallingContextSaysSoWithATag() {
        bench.singleContext(1);
        long descriptor = bench.bus.read64(bench.level2StreamTable + SmmuBench.SID * 64L) & ~0x3FL;
        bench.bus.write64(descriptor, SmmuBench.CD_STAGE1 | 1L << 44);
        access(SmmuBench.NO_PASID, 0, false);
        access(SmmuBench.NO_PASID, 0, false);
        assertThat(word(0, 1) & 0x8000_FFFFL).isEqualTo(1L << 31);
        assertThat(word(1, 1) & 0x8000_FFFFL).isEqualTo(1L << 31 | 1);
    }

    @Test
    void aFaultOfStageTwoSaysWhatItWasTranslating() {
        long root = bench.allocate();
        bench.ste(
                SmmuBench.SID,
                SmmuBench.STE_VALID | SmmuBench.STE_NESTED | 0x7000,
                SmmuBench.STE_S1_WALK,
                SmmuBench.STE2_STAGE2,
                root);
        access(SmmuBench.NO_PASID, 0x1000, false);
        assertThat(word(0, 1)).isEqualTo(1L << 35 | 1L << 39);
        assertThat(word(0, 3)).isEqualTo(0x7000);
        long context = bench.allocate();
        bench.words(context, SmmuBench.CD_STAGE1, 0x8000, 0, 0xFF);
        bench.map(root, 0, 0x7000, 3, context | SmmuBench.S2_PAGE);
        access(SmmuBench.NO_PASID, 0x1000, false);
        assertThat(word(1, 1)).isEqualTo(1L << 35 | 1L << 39 | 1L << 40 | 1L << 44);
        assertThat(word(1, 3)).isEqualTo(0x8000);
        bench.ste(SmmuBench.SID, SmmuBench.STE_VALID | SmmuBench.STE_S2, 0, SmmuBench.STE2_STAGE2, root);
        access(SmmuBench.NO_PASID, 0x9123, false);
        assertThat(word(2, 1)).isEqualTo(1L << 35 | 1L << 39 | 2L << 40);
        assertThat(word(2, 2)).isEqualTo(0x9123);
        assertThat(word(2, 3)).isEqualTo(0x9000);
    }

    @Test
    void aPermissionFaultBelongsToTheStageThatRefused() {
        long root = bench.allocate();
        bench.map(root, 0, 0x9000, 3, 0xA000 | (SmmuBench.S2_PAGE & ~(1L << 7)));
        bench.ste(SmmuBench.SID, SmmuBench.STE_VALID | SmmuBench.STE_S2, 0, SmmuBench.STE2_STAGE2, root);
        access(SmmuBench.NO_PASID, 0x9000, true);
        assertThat(word(0, 0) & 0xFF).isEqualTo(0x13);
        assertThat(word(0, 1)).isEqualTo(1L << 39 | 2L << 40);
        long table = bench.singleContext(1);
        bench.map(table, 0, 0x9000, 3, 0x5000 | SmmuBench.S1_PAGE | 1L << 7);
        access(SmmuBench.NO_PASID, 0x9000, true);
        assertThat(word(1, 0) & 0xFF).isEqualTo(0x13);
        assertThat(word(1, 1)).isEqualTo(2L << 40);
    }

    @Test
    void aFailedFetchSaysWhere() {
        bench.ste(SmmuBench.SID, SmmuBench.STE_VALID | SmmuBench.STE_S1 | 0x7000_0040L);
        access(SmmuBench.NO_PASID, 0, false);
        assertThat(word(0, 0) & 0xFF).isEqualTo(0x09);
        assertThat(word(0, 3)).isEqualTo(0x7000_0040L);
    }

    @Test
    void aFullQueueDropsRecordsAndTogglesOverflowOnce() {
        for (int i = 0; i < 8; i++) {
            access(SmmuBench.NO_PASID, 0, false);
        }
        assertThat(records()).isEqualTo(8);
        access(SmmuBench.NO_PASID, 0, false);
        access(SmmuBench.NO_PASID, 0, false);
        assertThat(records()).isEqualTo(8 | 1 << 31);
        bench.write(SmmuBench.EVENTQ_CONS, 8 | 1 << 31);
        access(SmmuBench.NO_PASID, 0, false);
        assertThat(records()).isEqualTo(9 | 1 << 31);
        for (int i = 0; i < 8; i++) {
            access(SmmuBench.NO_PASID, 0, false);
        }
        assertThat(records()).as("toggled back, wrapped").isZero();
        assertThat(bench.read(SmmuBench.EVENTQ_CONS)).isEqualTo(8 | 1 << 31);
    }

    @Test
    void readingPastTheProducerIsMalformed() {
        bench.write(SmmuBench.EVENTQ_CONS, 1);
        assertThat(bench.bus.complaints).hasSize(1);
    }

    @Test
    void aDisabledQueueRecordsNothing() {
        bench.write(SmmuBench.CR0, SmmuBench.SMMUEN);
        access(SmmuBench.NO_PASID, 0, false);
        assertThat(records()).isZero();
    }

    @Test
    void aQueueWithoutMemoryIsAGlobalErrorWithAnInterrupt() {
        long mailbox = bench.allocate();
        bench.write(SmmuBench.CR0, 0);
        bench.write64(SmmuBench.EVENTQ_BASE, 0x7000_0000L | 3);
        bench.write(SmmuBench.CR0, SmmuBench.SMMUEN | SmmuBench.EVENTQEN);
        bench.write64(0x68, mailbox);
        bench.write(0x70, 0x55);
        bench.write(0x50, 1);
        access(SmmuBench.NO_PASID, 0, false);
        assertThat(bench.read(SmmuBench.GERROR)).isEqualTo(1 << 2);
        assertThat(bench.bus.read64(mailbox)).isEqualTo(0x55);
    }

    @Test
    void aRecordSendsAMessageWhereOneIsEnabled() {
        long mailbox = bench.allocate();
        bench.write64(0xB0, mailbox + 4);
        bench.write(0xB8, 0x77);
        access(SmmuBench.NO_PASID, 0, false);
        assertThat(bench.bus.read64(mailbox)).as("not enabled").isZero();
        bench.write(0x50, 4);
        assertThat(bench.read(0x54)).isEqualTo(4);
        access(SmmuBench.NO_PASID, 0, false);
        assertThat(bench.bus.read64(mailbox)).isEqualTo(0x77L << 32);
        bench.write64(0xB0, 0x7000_0000);
        access(SmmuBench.NO_PASID, 0, false);
        assertThat(bench.read(SmmuBench.GERROR)).isEqualTo(1 << 5);
    }

    @Test
    void basesAreLockedWhileTheQueueIsOn() {
        bench.write64(SmmuBench.EVENTQ_BASE, 0);
        bench.write(SmmuBench.EVENTQ_PROD, 3);
        assertThat(bench.bus.complaints).hasSize(2);
        assertThat(bench.model.readRegister(SmmuBench.EVENTQ_BASE, 64)).isEqualTo(bench.eventQueue | 3);
        assertThat(records()).isZero();
    }
}
