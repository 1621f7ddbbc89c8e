package dev.hitless.iommu.hardware.amdvi;

import static dev.hitless.iommu.hardware.amdvi.AmdviMachine.CONTROL;
import static dev.hitless.iommu.hardware.amdvi.AmdviMachine.DEVICE;
import static dev.hitless.iommu.hardware.amdvi.AmdviMachine.EVERYTHING_ON;
import static dev.hitless.iommu.hardware.amdvi.AmdviMachine.NO_PASID;
import static dev.hitless.iommu.hardware.amdvi.AmdviMachine.STATUS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.hitless.iommu.hardware.DmaRequest;
import org.junit.jupiter.api.Test;

class EventLogTest {
    private static final long IOVA = 0x1234_5678_9ABCL;
    private static final long GN = 1L << 48;
    private static final long US = 1L << 50;
    private static final long PR = 1L << 52;
    private static final long RW = 1L << 53;
    private static final long PE = 1L << 54;
    private static final long RZ = 1L << 55;
    private static final long TR = 1L << 56;
    private static final long MASTER_ABORT = 1L << 57;
    private static final long EVENT_LOG_EN = 1 << 2;

    private final AmdviMachine machine = new AmdviMachine();

    private static Dte blockedIn(int domainId) {
        Dte dte = Dte.blocked();
        dte.q1 = domainId;
        return dte;
    }

    @Test
    void aSuccessfulAccessLogsNothing() {
        machine.dmaWrite(NO_PASID, IOVA);
        assertThat(machine.eventCount()).isZero();
    }

    @Test
    void aPageFaultWithoutPasidNamesTheDomain() {
        machine.set(DEVICE, blockedIn(0xABCD));
        machine.dmaRead(NO_PASID, IOVA);
        machine.dmaWrite(NO_PASID, IOVA);

        assertThat(machine.event(0)).isEqualTo(2L << 60 | 0xABCDL << 32 | DEVICE);
        assertThat(machine.eventAddress(0)).isEqualTo(IOVA);
        assertThat(machine.event(1)).isEqualTo(2L << 60 | RW | 0xABCDL << 32 | DEVICE);
        assertThat(machine.read(STATUS) & 2).as("EventLogInt").isNotZero();
    }

    @Test
    void aPageFaultWithPasidNamesThePasid() {
        machine.set(DEVICE, Dte.translating(5).guest(2, machine.page()));
        machine.dmaRead(0xF_1234, IOVA);

        assertThat(machine.event(0)).isEqualTo(2L << 60 | GN | US | 0x1234L << 32 | 0xFL << 16 | DEVICE);
    }

    @Test
    void aPageFaultOfAGuestTableWithoutPasidNamesPasid0() {
        machine.set(DEVICE, Dte.translating(5).guest(0, machine.page()).guestWithoutPasid());
        machine.dmaRead(NO_PASID, IOVA);

        assertThat(machine.event(0)).isEqualTo(2L << 60 | GN | US | DEVICE);
    }

    @Test
    void permissionAndReservedBitsHaveTheirFlags() {
        long table = machine.page();
        machine.entry(table, 0, 1 | 1L << 61);
        machine.entry(table, 1, 1 | 3L << 61 | 1L << 52);
        machine.set(DEVICE, Dte.translating(5).host(1, table));

        machine.dmaWrite(NO_PASID, 0);
        machine.dmaRead(NO_PASID, 0x1000);

        assertThat(machine.event(0)).isEqualTo(2L << 60 | PR | PE | RW | 5L << 32 | DEVICE);
        assertThat(machine.event(1)).isEqualTo(2L << 60 | PR | RZ | 5L << 32 | DEVICE);
    }

    @Test
    void anIllegalEntry() {
        machine.set(DEVICE, Dte.translating(5).flip(2));
        machine.dmaWrite(7, IOVA);

        assertThat(machine.event(0)).isEqualTo(1L << 60 | RZ | RW | GN | 7L << 32 | DEVICE);
        assertThat(machine.eventAddress(0)).isEqualTo(IOVA);
    }

    @Test
    void anUnreadableDeviceTable() {
        machine.write(0x00, 0xF_0000_0000L);
        machine.dmaRead(NO_PASID, IOVA);

        assertThat(machine.event(0)).isEqualTo(3L << 60 | MASTER_ABORT | DEVICE);
        assertThat(machine.eventAddress(0)).isEqualTo(IOVA);
    }

    @Test
    void anUnreadablePageTableNamesTheEntry() {
        machine.set(DEVICE, Dte.translating(5).host(1, 0xF_0000_0000L));
        machine.dmaRead(NO_PASID, 0x3000);

        assertThat(machine.event(0)).isEqualTo(4L << 60 | MASTER_ABORT | 5L << 32 | DEVICE);
        assertThat(machine.eventAddress(0)).isEqualTo(0xF_0000_0018L);
    }

    @Test
    void aTranslationRequestThatIsNotAllowed() {
        machine.set(DEVICE, Dte.translating(5));
        machine.model.access(new DmaRequest(DEVICE, NO_PASID, IOVA, false, true));

        assertThat(machine.event(0)).isEqualTo(8L << 60 | TR | MASTER_ABORT | DEVICE);
    }

    @Test
    void saSuppressesAllPageFaultEvents() {
        machine.set(DEVICE, blockedIn(5).flip(64 + 34));
        machine.dmaRead(NO_PASID, IOVA);
        assertThat(machine.eventCount()).isZero();
    }

    @Test
    void seSuppressesAllButTheFirstUntilTheEntryIsInvalidated() {
        machine.set(DEVICE, blockedIn(5).flip(64 + 33));
        machine.dmaRead(NO_PASID, IOVA);
        machine.dmaRead(NO_PASID, IOVA);
        assertThat(machine.eventCount()).isEqualTo(1);

        machine.command(2L << 60 | (DEVICE + 1), 0);
        machine.dmaRead(NO_PASID, IOVA);
        assertThat(machine.eventCount()).isEqualTo(1);

        machine.command(2L << 60 | DEVICE, 0);
        machine.dmaRead(NO_PASID, IOVA);
        assertThat(machine.eventCount()).isEqualTo(2);

        machine.command(8L << 60, 0);
        machine.dmaRead(NO_PASID, IOVA);
        assertThat(machine.eventCount()).isEqualTo(3);
    }

    @Test
    void aFullLogOverflowsAndStopsUntilItIsRestarted() {
        machine.set(DEVICE, blockedIn(5));
        for (int i = 0; i < 255; i++) {
            machine.dmaRead(NO_PASID, IOVA);
        }
        assertThat(machine.read(0x2018)).isEqualTo(255 * 16);
        assertThat(machine.read(STATUS) & 0b1001).as("running, no overflow").isEqualTo(0b1000);

        machine.dmaRead(NO_PASID, IOVA);
        assertThat(machine.read(STATUS) & 0b1001).as("overflow, stopped").isEqualTo(0b0001);

        machine.write(0x2010, 255 * 16);
        machine.dmaRead(NO_PASID, IOVA);
        assertThat(machine.eventCount()).as("room alone does not restart it").isZero();

        machine.write(CONTROL, EVERYTHING_ON & ~EVENT_LOG_EN);
        machine.write(STATUS, 1);
        machine.write(CONTROL, EVERYTHING_ON);
        machine.dmaRead(NO_PASID, IOVA);
        assertThat(machine.read(0x2018)).as("wrapped").isZero();
        assertThat(machine.read(STATUS) & 0b1001).isEqualTo(0b1000);
    }

    @Test
    void nothingIsLoggedWhileTheLogIsOff() {
        machine.write(CONTROL, EVERYTHING_ON & ~EVENT_LOG_EN);
        machine.set(DEVICE, blockedIn(5));
        machine.dmaRead(NO_PASID, IOVA);
        assertThat(machine.eventCount()).isZero();
        assertThat(machine.event(0)).isZero();
    }

    @Test
    void aLogWhereThereIsNoMemoryIsComplainedAbout() {
        machine.write(CONTROL, EVERYTHING_ON & ~EVENT_LOG_EN);
        machine.write(0x10, 0xF_0000_0000L | 8L << 56);
        machine.write(CONTROL, EVERYTHING_ON);
        machine.set(DEVICE, blockedIn(5));
        machine.dmaRead(NO_PASID, IOVA);
        assertThat(machine.bus.complaints).hasSize(1);
    }
}
