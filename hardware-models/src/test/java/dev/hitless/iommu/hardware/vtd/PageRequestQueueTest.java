package dev.hitless.iommu.hardware.vtd;

import static dev.hitless.iommu.hardware.vtd.TestTables.PASID;
import static dev.hitless.iommu.hardware.vtd.TestTables.SID;
import static org.assertj.core.api.Assertions.assertThat;

import dev.hitless.iommu.hardware.PageRequestMessage;
import dev.hitless.iommu.hardware.PageRequestsUnderWay.Place;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PageRequestQueueTest {
    private static final int PQH = 0xC0;
    private static final int PQT = 0xC8;
    private static final int PQA = 0xD0;
    private static final int PRS = 0xDC;

    private final TestUnit unit = new TestUnit(Map.of()).start();
    private final long queue = unit.bus.allocate(4096, true);

    PageRequestQueueTest() {
        unit.model.writeRegister(PQA, 64, queue);
        unit.tables.or(unit.tables.contextEntry(), 1 << 4);
    }

    private boolean request(int group, boolean last) {
        return unit.model.pageRequest(SID, PASID, group, last, 0x1234_5678, true, false);
    }

    @Test
    void aRequestIsWrittenToTheQueue() {
        assertThat(request(0x2A, true)).isTrue();
        assertThat(unit.bus.read64(queue)).isEqualTo((long) PASID << 32 | (long) SID << 16 | 1 << 8 | 1);
        assertThat(unit.bus.read64(queue + 8)).isEqualTo(0x1234_5000 | 0x2A << 3 | 4 | 1);
        assertThat(unit.model.readRegister(PQT, 64)).isEqualTo(32);
        assertThat(unit.read32(PRS)).isEqualTo(1);
        assertThat(unit.read32(0xE0)).isEqualTo(3L << 30);
        unit.write32(PRS, 1);
        assertThat(unit.read32(PRS)).isZero();
        unit.model.pageRequest(SID, -1, 1, false, 0x2000, false, true);
        assertThat(unit.bus.read64(queue + 32)).isEqualTo((long) SID << 16 | 1);
        assertThat(unit.bus.read64(queue + 40)).isEqualTo(0x2000 | 1 << 3 | 2);
    }

    @Test
    void aFullQueueOverflowsAndAnswersTheLastOfAGroup() {
        for (int count = 0; count < 127; count++) {
            assertThat(request(1, false)).isTrue();
        }
        assertThat(request(2, false)).isFalse();
        assertThat(unit.read32(PRS)).isEqualTo(3);
        assertThat(unit.bus.pageResponses).isEmpty();
        assertThat(request(2, true)).isFalse();
        assertThat(unit.bus.pageResponses).containsExactly("311/141/2/SUCCESS");
        unit.model.writeRegister(PQH, 64, 127 * 32);
        assertThat(request(3, true)).as("dropped until PRO is cleared").isFalse();
        unit.write32(PRS, 2);
        assertThat(unit.read32(PRS)).isEqualTo(1);
        assertThat(request(3, true)).isTrue();
        assertThat(unit.model.readRegister(PQT, 64)).isZero();
    }

    @Test
    void requestsNeedPre() {
        unit.tables.clear(unit.tables.contextEntry(), 1 << 4);
        assertThat(request(5, true)).isFalse();
        assertThat(unit.bus.pageResponses).containsExactly("311/141/5/INVALID");
        assertThat(unit.model.readRegister(0x408, 64) >>> 32 & 0xFF).isEqualTo(0x47);
    }

    @Test
    void requestsNeedTheCapability() {
        TestUnit without = new TestUnit(Map.of("page-requests", "no")).start();
        assertThat(without.model.pageRequest(SID, PASID, 5, true, 0, true, false))
                .isFalse();
        assertThat(without.bus.pageResponses).hasSize(1);
    }

    @Test
    void malformedPointersAreComplainedAbout() {
        unit.model.writeRegister(PQH, 64, 0x10);
        unit.model.writeRegister(PQT, 64, 0x1000);
        unit.model.writeRegister(PQA, 64, queue | 8);
        assertThat(unit.bus.complaints).hasSize(3);
        assertThat(unit.model.readRegister(PQA, 64)).isEqualTo(queue);
    }

    private void send(int group, Place place) {
        unit.model.pageRequestsUnderWay().send(new PageRequestMessage(SID, PASID, group, true, 0, true, false), place);
    }

    private long recorded() {
        return unit.model.readRegister(PQT, 64) / 32;
    }

    @Test
    void aWaitThatDrainsWritesOutWhatTheUnitHasReceivedAndNoMore() {
        send(1, Place.IOMMU);
        send(2, Place.LINK);
        unit.putWait();
        unit.ring();
        assertThat(recorded()).as("an ordinary wait drains nothing").isZero();
        unit.submit(1 << 7 | 5, 0);
        assertThat(recorded()).isEqualTo(1);
        assertThat(unit.bus.read64(queue + 8) >>> 3 & 0x1FF).isEqualTo(1);
    }

    @Test
    void theAnswerToADeviceTlbInvalidationPushesRequestsAhead() {
        send(1, Place.LINK);
        unit.put((long) SID << 32 | 3, 0x7FFF_FFFF_FFFF_F001L);
        unit.submit(1 << 7 | 5, 0);
        assertThat(recorded()).isEqualTo(1);
    }

    @Test
    void whatIsUnderWayArrivesInTheEndAsIfItCameDirectly() {
        send(1, Place.LINK);
        unit.tables.clear(unit.tables.contextEntry(), 1 << 4);
        unit.model.pageRequestsUnderWay().arriveAll();
        assertThat(recorded()).isZero();
        assertThat(unit.bus.pageResponses).containsExactly("311/141/1/INVALID");
        assertThat(unit.bus.lostPageRequests).hasSize(1);
    }
}
