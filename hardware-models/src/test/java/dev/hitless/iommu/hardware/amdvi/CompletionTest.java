package dev.hitless.iommu.hardware.amdvi;

import static dev.hitless.iommu.hardware.amdvi.AmdviMachine.HEAD;
import static dev.hitless.iommu.hardware.amdvi.AmdviMachine.STATUS;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** When the driver has seen that commands are complete. */
class CompletionTest {
    private static final long COMPLETION_WAIT = 1L << 60;
    private static final long COM_WAIT_INT = 1 << 2;

    private final AmdviMachine machine = new AmdviMachine();

    private void invalidate(int deviceId) {
        machine.command(2L << 60 | deviceId, 0);
    }

    @Test
    void aStoreHolds64Bits() {
        machine.completionWait(0x1122_3344_5566_7788L);
        assertThat(machine.bus.load64(machine.semaphore)).isEqualTo(0x1122_3344_5566_7788L);
    }

    @Test
    void loadingTheStoredDataShowsAllEarlierCommands() {
        invalidate(1);
        invalidate(2);
        machine.completionWait(1);
        invalidate(3);
        assertThat(machine.bus.observed).isEmpty();

        machine.loadSemaphore();
        assertThat(machine.bus.observed).containsExactly(0, 1);

        machine.completionWait(2);
        machine.loadSemaphore();
        assertThat(machine.bus.observed).containsExactly(0, 1, 2);
    }

    @Test
    void laterDataShowsEarlierWaitsToo() {
        invalidate(1);
        machine.completionWait(1);
        invalidate(2);
        machine.completionWait(2);

        machine.loadSemaphore();

        assertThat(machine.bus.observed).containsExactly(0, 1);
    }

    @Test
    void otherDataAndOtherAddressesShowNothing() {
        invalidate(1);
        machine.completionWait(1);

        machine.model.loaded(machine.semaphore, 0);
        machine.model.loaded(machine.semaphore + 8, 1);

        assertThat(machine.bus.observed).isEmpty();
    }

    @Test
    void dataThatWasThereBeforeShowsNothing() {
        machine.bus.store64(machine.semaphore, 1);
        invalidate(1);
        machine.completionWait(1);
        machine.loadSemaphore();
        assertThat(machine.bus.observed).isEmpty();

        machine.completionWait(2);
        machine.loadSemaphore();
        assertThat(machine.bus.observed).containsExactly(0);
    }

    @Test
    void headThatMovedShowsNothing() {
        invalidate(1);
        machine.completionWait(1);
        assertThat(machine.read(HEAD)).isEqualTo(32);
        assertThat(machine.bus.observed).isEmpty();
    }

    @Test
    void aWaitWithoutStoreIsSeenInTheStatusRegister() {
        invalidate(1);
        machine.command(COMPLETION_WAIT | 2, 0);
        assertThat(machine.bus.observed).isEmpty();

        assertThat(machine.read(STATUS) & COM_WAIT_INT).isNotZero();
        assertThat(machine.bus.observed).containsExactly(0);
    }

    @Test
    void aStatusBitThatWasNotClearedShowsNoLaterWait() {
        invalidate(1);
        machine.command(COMPLETION_WAIT | 2, 0);
        invalidate(2);
        machine.command(COMPLETION_WAIT | 2, 0);

        machine.read(STATUS);
        assertThat(machine.bus.observed).containsExactly(0);

        machine.write(STATUS, COM_WAIT_INT);
        assertThat(machine.read(STATUS) & COM_WAIT_INT).isZero();
        invalidate(3);
        machine.command(COMPLETION_WAIT | 2, 0);
        machine.read(STATUS);
        assertThat(machine.bus.observed).containsExactly(0, 1, 2);
    }

    @Test
    void theUpperHalfOfStatusShowsNothing() {
        invalidate(1);
        machine.command(COMPLETION_WAIT | 2, 0);
        machine.model.readRegister(STATUS + 4, 32);
        assertThat(machine.bus.observed).isEmpty();
        machine.model.readRegister(STATUS, 32);
        assertThat(machine.bus.observed).containsExactly(0);
    }

    @Test
    void aWaitThatNeitherStoresNorInterruptsShowsNothingButIsCoveredByTheNext() {
        invalidate(1);
        machine.command(COMPLETION_WAIT, 0);
        machine.read(STATUS);
        assertThat(machine.bus.observed).isEmpty();

        machine.completionWait(1);
        machine.loadSemaphore();
        assertThat(machine.bus.observed).containsExactly(0);
    }

    @Test
    void aStoreWhereThereIsNoMemoryStopsTheBuffer() {
        machine.command(COMPLETION_WAIT | 0xF_0000_0000L | 1, 1);

        assertThat(machine.read(STATUS) & 1 << 4).isZero();
        assertThat(machine.event(0)).isEqualTo(6L << 60 | 1L << 57);
        assertThat(machine.bus.complaints).hasSize(1);
    }
}
