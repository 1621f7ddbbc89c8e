package dev.hitless.iommu.hardware.amdvi;

import static dev.hitless.iommu.hardware.amdvi.AmdviMachine.CONTROL;
import static dev.hitless.iommu.hardware.amdvi.AmdviMachine.DEVICE;
import static dev.hitless.iommu.hardware.amdvi.AmdviMachine.EVERYTHING_ON;
import static dev.hitless.iommu.hardware.amdvi.AmdviMachine.STATUS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.hitless.iommu.hardware.PageRequestMessage;
import dev.hitless.iommu.hardware.PageRequestsUnderWay.Place;
import org.junit.jupiter.api.Test;

class PageRequestTest {
    private static final long ADDRESS = 0x7000_1000L;
    private static final long PPR_EN = 1 << 15;

    private final AmdviMachine machine = new AmdviMachine();

    private boolean request(int pasid, int group, boolean last, boolean write) {
        return machine.model.pageRequest(DEVICE, pasid, group, last, ADDRESS, true, write);
    }

    private long record(int index) {
        return machine.bus.load64(machine.pageRequests + index * 16L);
    }

    @Test
    void aRequestWithPasidIsLogged() {
        machine.set(DEVICE, Dte.translating(5).pageRequests());

        assertThat(request(0xA_BCDE, 0x123, true, true)).isTrue();

        assertThat(record(0))
                .isEqualTo(1L << 60 | 0x164L << 48 | 0xAL << 42 | 1L << 41 | 0x123L << 32 | 0xBCDEL << 16 | DEVICE);
        assertThat(machine.bus.load64(machine.pageRequests + 8)).isEqualTo(ADDRESS);
        assertThat(machine.read(0x2038)).isEqualTo(16);
        assertThat(machine.read(STATUS) & 1 << 6).as("PprInt").isNotZero();
    }

    @Test
    void aRequestWithoutPasidIsLogged() {
        machine.set(DEVICE, Dte.translating(5).pageRequests());

        assertThat(request(-1, 1, false, false)).isTrue();

        assertThat(record(0)).isEqualTo(1L << 60 | 0x004L << 48 | 1L << 32 | DEVICE);
    }

    @Test
    void theEntryMustAllowIt() {
        machine.set(DEVICE, Dte.translating(5));
        assertThat(request(9, 1, true, false)).isFalse();
        assertThat(machine.event(0) >>> 60).isEqualTo(9);
        assertThat(machine.event(0) & 0xFFFF).isEqualTo(DEVICE);
        assertThat(machine.eventAddress(0)).isEqualTo(ADDRESS);

        machine.set(DEVICE, Dte.blocked().pageRequests());
        assertThat(request(9, 1, true, false)).isFalse();
        machine.set(DEVICE, new Dte().pageRequests());
        assertThat(request(9, 1, true, false)).isFalse();
        assertThat(machine.read(0x2038)).as("nothing in the PPR log").isZero();
    }

    @Test
    void theControlBitMustAllowIt() {
        machine.set(DEVICE, Dte.translating(5).pageRequests());
        machine.write(CONTROL, EVERYTHING_ON & ~PPR_EN);
        assertThat(request(9, 1, true, false)).isFalse();
    }

    @Test
    void aFullLogOverflowsAndDropsRequests() {
        machine.set(DEVICE, Dte.translating(5).pageRequests());
        for (int i = 0; i < 255; i++) {
            assertThat(request(9, i, true, false)).isTrue();
        }
        assertThat(request(9, 255, true, false)).isFalse();
        assertThat(machine.read(STATUS) & 0b1010_0000).as("overflow, stopped").isEqualTo(0b0010_0000);
    }

    private void send(int group, Place place) {
        machine.set(DEVICE, Dte.translating(5).pageRequests());
        machine.model
                .pageRequestsUnderWay()
                .send(new PageRequestMessage(DEVICE, 9, group, true, 0, true, false), place);
    }

    private long recorded() {
        return machine.read(0x2038) / 16;
    }

    @Test
    void aCompletionWaitComesAfterTheRecordsOfWhatTheIommuHasReceived() {
        send(1, Place.IOMMU);
        send(2, Place.LINK);
        assertThat(recorded()).isZero();
        machine.completionWait(1);
        assertThat(recorded()).isEqualTo(1);
        assertThat(record(0) >>> 32 & 0x1FF).isEqualTo(1);
    }

    @Test
    void theAnswerToAnIotlbInvalidationPushesRequestsAhead() {
        send(1, Place.LINK);
        machine.command(4L << 60 | DEVICE, 0x7FFF_FFFF_FFFF_F001L);
        assertThat(recorded()).as("before the COMPLETION_WAIT").isZero();
        machine.completionWait(1);
        assertThat(recorded()).isEqualTo(1);
    }
}
