package dev.hitless.iommu.hardware.smmuv3;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hitless.iommu.hardware.PageRequestMessage;
import dev.hitless.iommu.hardware.PageRequestsUnderWay.Place;
import org.junit.jupiter.api.Test;

class PageRequestQueueTest {
    private final SmmuBench bench = SmmuBench.running();
    private final long queue = bench.allocate();

    private void enable() {
        bench.write64(SmmuBench.PRIQ_BASE, queue | 1);
        bench.write(SmmuBench.CR0, SmmuBench.SMMUEN | SmmuBench.PRIQEN | SmmuBench.CMDQEN);
    }

    private boolean ask(int pasid, int group, boolean last) {
        return bench.model.pageRequest(SmmuBench.SID, pasid, group, last, 0x1234_5000, true, false);
    }

    @Test
    void aRequestIsRecorded() {
        enable();
        assertThat(ask(0x12345, 0x1FF, true)).isTrue();
        assertThat(bench.bus.read64(queue)).isEqualTo(1L << 63 | 1L << 62 | 1L << 60 | 0x12345L << 32 | 0x20);
        assertThat(bench.bus.read64(queue + 8)).isEqualTo(0x1234_51FF);
        assertThat(bench.model.pageRequest(SmmuBench.SID, -1, 1, false, 0, false, true))
                .isTrue();
        assertThat(bench.bus.read64(queue + 16)).isEqualTo(1L << 61 | 0x20);
        assertThat(bench.read(SmmuBench.PRIQ_PROD)).isEqualTo(2);
        assertThat(bench.bus.pageResponses).isEmpty();
    }

    @Test
    void withoutAQueueTheLastRequestIsAnsweredWithFailure() {
        assertThat(ask(5, 3, false)).isFalse();
        assertThat(bench.bus.pageResponses).isEmpty();
        assertThat(ask(5, 3, true)).isFalse();
        assertThat(bench.bus.pageResponses).containsExactly("20/5/3/FAILURE");
    }

    @Test
    void whenTheQueueIsFullTheDeviceIsToldToAskAgain() {
        enable();
        assertThat(ask(5, 1, false)).isTrue();
        assertThat(ask(5, 1, false)).isTrue();
        assertThat(ask(5, 1, true)).isFalse();
        assertThat(bench.bus.pageResponses).containsExactly("20/5/1/SUCCESS");
        assertThat(bench.read(SmmuBench.PRIQ_PROD)).isEqualTo(2 | 1 << 31);
        bench.write(SmmuBench.PRIQ_CONS, 2 | 1 << 31);
        assertThat(ask(5, 1, true)).isTrue();
    }

    @Test
    void withoutPriThereIsNoQueue() {
        SmmuBench none = SmmuBench.running("pri", "no");
        none.write64(SmmuBench.PRIQ_BASE, 0);
        assertThat(none.bus.complaints).hasSize(1);
        assertThat(none.model.pageRequest(SmmuBench.SID, 1, 1, true, 0, true, true))
                .isFalse();
    }

    private void send(int group, Place place) {
        bench.model
                .pageRequestsUnderWay()
                .send(new PageRequestMessage(SmmuBench.SID, 5, group, true, 0, true, false), place);
    }

    @Test
    void aSyncWritesOutWhatTheSmmuHasReceived() {
        enable();
        send(1, Place.IOMMU);
        send(2, Place.LINK);
        assertThat(bench.read(SmmuBench.PRIQ_PROD)).isZero();
        bench.sync();
        assertThat(bench.read(SmmuBench.PRIQ_PROD)).isEqualTo(1);
        assertThat(bench.bus.read64(queue + 8)).isEqualTo(1);
    }

    @Test
    void theAnswerToAnAtcInvalidationPushesRequestsAhead() {
        enable();
        send(1, Place.LINK);
        bench.command((long) SmmuBench.SID << 32 | 0x40, 52);
        assertThat(bench.read(SmmuBench.PRIQ_PROD)).as("before the CMD_SYNC").isZero();
        bench.sync();
        assertThat(bench.read(SmmuBench.PRIQ_PROD)).isEqualTo(1);
    }
}
