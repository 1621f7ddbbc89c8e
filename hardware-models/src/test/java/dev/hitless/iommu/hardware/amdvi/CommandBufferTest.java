package dev.hitless.iommu.hardware.amdvi;

import static dev.hitless.iommu.hardware.amdvi.AmdviMachine.CONTROL;
import static dev.hitless.iommu.hardware.amdvi.AmdviMachine.DEVICE;
import static dev.hitless.iommu.hardware.amdvi.AmdviMachine.EVERYTHING_ON;
import static dev.hitless.iommu.hardware.amdvi.AmdviMachine.HEAD;
import static dev.hitless.iommu.hardware.amdvi.AmdviMachine.STATUS;
import static dev.hitless.iommu.hardware.amdvi.AmdviMachine.TAIL;
import static org.assertj.core.api.Assertions.assertThat;

import dev.hitless.iommu.hardware.HardwarePort.Fate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CommandBufferTest {
    private static final long COMMAND_BUFFER_RUN = 1 << 4;
    private static final long INVALIDATE_DEVTAB = 2L << 60 | DEVICE;
    private static final long CMD_BUF_EN = 1 << 12;

    private final AmdviMachine machine = new AmdviMachine();

    private boolean isRunning() {
        return (machine.read(STATUS) & COMMAND_BUFFER_RUN) != 0;
    }

    private void toggle() {
        machine.write(CONTROL, EVERYTHING_ON & ~CMD_BUF_EN);
        machine.write(CONTROL, EVERYTHING_ON);
    }

    @Test
    void commandsAreExecutedAtTheDoorbell() {
        machine.command(INVALIDATE_DEVTAB, 0);

        assertThat(machine.bus.submitted).containsExactly(new DevtabEntryInvalidation(DEVICE));
        assertThat(machine.read(HEAD)).isEqualTo(16);
        assertThat(machine.bus.observed).isEmpty();
    }

    @Test
    void nothingIsExecutedBeforeTheBufferIsEnabled() {
        machine.write(CONTROL, EVERYTHING_ON & ~CMD_BUF_EN);
        machine.command(INVALIDATE_DEVTAB, 0);
        assertThat(machine.bus.submitted).isEmpty();

        machine.write(CONTROL, EVERYTHING_ON);
        assertThat(machine.bus.submitted).hasSize(1);
    }

    @Test
    void theRingWrapsAtItsLength() {
        for (int i = 0; i < 1000; i++) {
            machine.command(INVALIDATE_DEVTAB, 0);
        }
        assertThat(machine.bus.submitted).hasSize(1000);
        assertThat(machine.read(HEAD)).isEqualTo(1000 % 256 * 16);
        assertThat(machine.bus.complaints).isEmpty();
    }

    @Test
    void theLengthIsTakenFromTheBaseRegister() {
        machine.write(CONTROL, EVERYTHING_ON & ~CMD_BUF_EN);
        long ring = machine.bus.allocate(0x2000, true);
        machine.write(0x08, ring | 9L << 56);
        machine.bus.store64(ring + 0x1000, INVALIDATE_DEVTAB);
        machine.write(HEAD, 0x1000);
        machine.write(TAIL, 0x1010);
        machine.write(CONTROL, EVERYTHING_ON);

        assertThat(machine.bus.submitted).hasSize(1);
        assertThat(machine.read(HEAD)).isEqualTo(0x1010);
    }

    @Test
    void anIllegalCommandStopsTheBufferUntilItIsToggled() {
        machine.command(INVALIDATE_DEVTAB, 0);
        machine.command(15L << 60, 0);
        machine.command(INVALIDATE_DEVTAB, 0);

        assertThat(isRunning()).isFalse();
        assertThat(machine.read(HEAD)).as("head stays on the bad command").isEqualTo(16);
        assertThat(machine.bus.submitted).hasSize(1);
        assertThat(machine.bus.complaints).singleElement().asString().contains("opcode 0xf");
        assertThat(machine.event(0)).isEqualTo(5L << 60);
        assertThat(machine.eventAddress(0)).isEqualTo(machine.commands + 16);

        machine.bus.store64(machine.commands + 16, INVALIDATE_DEVTAB);
        machine.write(TAIL, machine.read(TAIL));
        assertThat(machine.bus.submitted).as("a doorbell does not restart it").hasSize(1);

        toggle();
        assertThat(isRunning()).isTrue();
        assertThat(machine.bus.submitted).hasSize(3);
        assertThat(machine.read(HEAD)).isEqualTo(48);
    }

    @Test
    void aRejectedCommandLooksIllegalButIsNoComplaint() {
        machine.bus.fates = command -> command.startsWith("INVALIDATE_DEVTAB_ENTRY") ? Fate.REJECT : Fate.EXECUTE;
        machine.command(INVALIDATE_DEVTAB, 0);

        assertThat(isRunning()).isFalse();
        assertThat(machine.event(0)).isEqualTo(5L << 60);
        assertThat(machine.bus.complaints).isEmpty();
        assertThat(machine.bus.submitted).isEmpty();
    }

    @Test
    void aLostCommandHoldsUpEverythingBehindItUntilTheBufferIsToggled() {
        machine.bus.fates = command -> command.startsWith("INVALIDATE_DEVTAB_ENTRY") ? Fate.LOSE : Fate.EXECUTE;
        machine.command(INVALIDATE_DEVTAB, 0);
        machine.completionWait(1);
        machine.loadSemaphore();

        assertThat(isRunning()).as("nothing tells the driver").isTrue();
        assertThat(machine.eventCount()).isZero();
        assertThat(machine.bus.load64(machine.semaphore)).isZero();
        assertThat(machine.bus.observed).isEmpty();

        machine.bus.fates = command -> Fate.EXECUTE;
        toggle();
        machine.loadSemaphore();
        assertThat(machine.bus.submitted).as("fetched again").hasSize(2);
        assertThat(machine.bus.observed).as("the lost one never completed").containsExactly(1);
    }

    @Test
    void aLostDeviceInvalidationIsReportedWhereATimeOutIsSet() {
        machine.bus.fates = command -> command.startsWith("INVALIDATE_IOTLB_PAGES") ? Fate.LOSE : Fate.EXECUTE;
        machine.write(CONTROL, EVERYTHING_ON | 3 << 5);
        machine.command(4L << 60 | DEVICE, 0);

        assertThat(machine.event(0)).isEqualTo(7L << 60 | DEVICE);
        assertThat(machine.eventAddress(0)).isEqualTo(machine.commands);
    }

    @Test
    void anUnreadableCommandStopsTheBuffer() {
        machine.write(CONTROL, EVERYTHING_ON & ~CMD_BUF_EN);
        machine.write(0x08, 0xF_0000_0000L | 8L << 56);
        machine.write(TAIL, 16);
        machine.write(CONTROL, EVERYTHING_ON);

        assertThat(isRunning()).isFalse();
        assertThat(machine.event(0)).isEqualTo(6L << 60 | 1L << 57);
        assertThat(machine.eventAddress(0)).isEqualTo(0xF_0000_0000L);
    }

    @Test
    void aReservedLengthKeepsTheBufferOff() {
        machine.write(CONTROL, EVERYTHING_ON & ~CMD_BUF_EN);
        machine.write(0x08, machine.commands | 7L << 56);
        machine.write(CONTROL, EVERYTHING_ON);

        assertThat(isRunning()).isFalse();
        assertThat(machine.bus.complaints).singleElement().asString().contains("below 8");
    }

    @ParameterizedTest
    @ValueSource(longs = {8, 0x1000, 0x1010, -16})
    void aTailOutsideTheRingIsComplainedAboutAndIgnored(long tail) {
        machine.write(TAIL, tail);
        assertThat(machine.bus.complaints).hasSize(1);
        assertThat(machine.read(TAIL)).isZero();
    }

    @Test
    void aTailThatPassesHeadIsComplainedAbout() {
        machine.bus.fates = command -> Fate.LOSE;
        machine.bus.store64(machine.commands, INVALIDATE_DEVTAB);
        machine.write(TAIL, 0xFF0);
        assertThat(machine.bus.complaints).isEmpty();

        machine.write(TAIL, 0x20);
        assertThat(machine.bus.complaints).singleElement().asString().contains("overrun");
    }

    @Test
    void headAndBaseAreTheHardwaresWhileTheBufferRuns() {
        machine.write(HEAD, 32);
        machine.write(0x08, machine.events | 8L << 56);

        assertThat(machine.bus.complaints).hasSize(2);
        assertThat(machine.read(HEAD)).isZero();
        assertThat(machine.read(0x08)).isEqualTo(machine.commands | 8L << 56);
    }

    @Test
    void pageRequestsAreAnswered() {
        machine.command(7L << 60 | 0x9L << 32 | DEVICE, 0x0000_1123_0000_0004L);
        machine.command(7L << 60 | DEVICE, 0x0000_0005_0000_0000L);

        assertThat(machine.bus.pageResponses).containsExactly("18/9/123/INVALID", "18/ffffffff/5/SUCCESS");
    }

    @Test
    void prefetchIsAHint() {
        machine.command(6L << 60 | DEVICE, 0);
        assertThat(machine.read(HEAD)).isEqualTo(16);
        assertThat(machine.bus.submitted).isEmpty();
    }

    @Test
    void slowBufferGoesOnAfterEachLookAndNotBefore() {
        AmdviMachine slow = new AmdviMachine("command-pace", "as-polled");
        for (int i = 0; i < 20; i++) {
            slow.command(2L << 60 | AmdviMachine.DEVICE, 0);
        }
        slow.completionWait(5);
        assertThat(slow.bus.submitted).hasSize(20);
        // 256 commands; 16 at a look.
        assertThat(slow.read(AmdviMachine.HEAD)).isZero();
        assertThat(slow.read(AmdviMachine.HEAD)).isEqualTo(16 * 16);
        assertThat(slow.bus.observed).isEmpty();
        slow.loadSemaphore();
        assertThat(slow.bus.observed).hasSize(20);
        assertThat(slow.bus.complaints).isEmpty();
        assertThat(slow.model.commandQueueEntries()).isEqualTo(256);
    }

    @Test
    void repairedSlowBufferKnowsWhatItWasGivenBefore() {
        AmdviMachine slow = new AmdviMachine("command-pace", "as-polled");
        slow.command(0xFL << 60, 0);
        slow.command(2L << 60 | AmdviMachine.DEVICE, 0);
        slow.read(AmdviMachine.STATUS);
        slow.bus.complaints.clear();
        slow.bus.store64(slow.commands, 2L << 60 | AmdviMachine.DEVICE);
        slow.write(AmdviMachine.CONTROL, AmdviMachine.EVERYTHING_ON & ~(1 << 12));
        slow.write(AmdviMachine.CONTROL, AmdviMachine.EVERYTHING_ON);
        slow.read(AmdviMachine.STATUS);
        assertThat(slow.read(AmdviMachine.HEAD)).isEqualTo(32);
        assertThat(slow.bus.submitted).hasSize(2);
        assertThat(slow.bus.complaints).isEmpty();
    }
}
