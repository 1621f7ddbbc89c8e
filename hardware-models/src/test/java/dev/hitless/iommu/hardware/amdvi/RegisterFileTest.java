package dev.hitless.iommu.hardware.amdvi;

import static dev.hitless.iommu.hardware.amdvi.AmdviMachine.CONTROL;
import static dev.hitless.iommu.hardware.amdvi.AmdviMachine.DEVICE;
import static dev.hitless.iommu.hardware.amdvi.AmdviMachine.EVERYTHING_ON;
import static dev.hitless.iommu.hardware.amdvi.AmdviMachine.NO_PASID;
import static dev.hitless.iommu.hardware.amdvi.AmdviMachine.STATUS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.hitless.iommu.hardware.DmaRequest;
import dev.hitless.iommu.hardware.FakeBus;
import dev.hitless.iommu.hardware.HardwareConfiguration;
import dev.hitless.iommu.hardware.HardwareModel;
import dev.hitless.iommu.hardware.Translation;
import dev.hitless.iommu.hardware.Walker;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RegisterFileTest {
    private static final long EFR = 0x30;
    private static final long EFR2 = 0x1A0;

    private final AmdviMachine machine = new AmdviMachine();

    @Test
    void everythingIsOffAfterReset() {
        AmdviHardwareModelProvider provider = new AmdviHardwareModelProvider();
        HardwareModel model = provider.create(HardwareConfiguration.of(provider.options(), Map.of()), new FakeBus());
        for (long register :
                new long[] {0x00, 0x08, 0x10, 0x18, 0x20, 0x28, 0x38, 0x100, 0x130, 0x2000, 0x2008, 0x2020}) {
            assertThat(model.readRegister(register, 64)).as("0x%x", register).isZero();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "inv-all, no, 6, 6, 1, 0",
        "host-levels, 4, 11, 10, 2, 0",
        "host-levels, 5, 11, 10, 2, 1",
        "guest-levels, 4, 13, 12, 1, 0",
        "gcr3-levels, 1, 15, 14, 2, 0",
        "gcr3-levels, 2, 15, 14, 2, 1",
        "giosup, no, 48, 48, 1, 0",
        "ephsup, no, 50, 50, 1, 0",
        "pprsup, no, 1, 1, 1, 0",
        "pasid-bits, 8, 36, 32, 15, 7",
        "guest-translation, no, 4, 4, 1, 0",
        "guest-translation, no, 48, 48, 1, 0",
        "guest-translation, no, 36, 32, 15, 0",
    })
    void featuresFollowTheOptions(String option, String value, int high, int low, long usually, long then) {
        assertThat(BitField.of(machine.read(EFR), high, low)).isEqualTo(usually);
        assertThat(BitField.of(new AmdviMachine(option, value).read(EFR), high, low))
                .isEqualTo(then);
    }

    @Test
    void theSecondFeatureRegisterFollowsTheOptions() {
        assertThat(machine.read(EFR2)).isEqualTo(8);
        assertThat(new AmdviMachine("gcr3trpmode", "no").read(EFR2)).isZero();
        assertThat(new AmdviMachine("guest-translation", "no").read(EFR2)).isZero();
    }

    @Test
    void theCapabilityIsReadableAboveTheWindow() {
        assertThat(machine.model.readRegister(0x10000, 32) & 0xFF).as("id").isEqualTo(0x0F);
        assertThat(machine.model.readRegister(0x10000, 32) >>> 24).isEqualTo(0b1_1001);
        assertThat(new AmdviMachine("ats", "no").model.readRegister(0x10000, 32) >>> 24)
                .isEqualTo(0b1_1000);
        assertThat(new AmdviMachine("non-present-cache", "yes").model.readRegister(0x10000, 32) >>> 24)
                .isEqualTo(0b1_1101);
        assertThat(machine.model.readRegister(0x10004, 32) & 1).as("enabled").isEqualTo(1);
        assertThat(machine.model.readRegister(0x10008, 32)).isZero();
        long misc = machine.model.readRegister(0x10010, 32);
        assertThat(BitField.of(misc, 14, 8)).as("PAsize").isEqualTo(52);
        assertThat(BitField.of(misc, 21, 15)).as("VAsize").isEqualTo(64);

        machine.model.writeRegister(0x10000, 32, 0);
        assertThat(machine.bus.complaints).hasSize(1);
    }

    @Test
    void registersMayBeAccessedInHalves() {
        machine.model.writeRegister(0x20, 32, 0x1234_5001L);
        machine.model.writeRegister(0x24, 32, 0xFFFF_0001L);

        assertThat(machine.read(0x20)).isEqualTo(0xFFFF_0001_1234_5001L);
        assertThat(machine.model.readRegister(0x20, 32)).isEqualTo(0x1234_5001L);
        assertThat(machine.model.readRegister(0x24, 32)).isEqualTo(0xFFFF_0001L);
    }

    @ParameterizedTest
    @ValueSource(longs = {EFR, EFR2, 0x48 + 0x10, 0x3000, 0x4000, 0x20000})
    void aWriteToWhatIsReadOnlyOrMissingIsComplainedAbout(long register) {
        machine.write(register, 1);
        assertThat(machine.bus.complaints).hasSize(1);
    }

    @Test
    void anAccessThatIsNotAlignedIsComplainedAbout() {
        machine.model.writeRegister(0x1C, 64, 0);
        machine.model.readRegister(0x1A, 32);
        assertThat(machine.bus.complaints).hasSize(2);
        assertThat(machine.read(CONTROL)).isEqualTo(EVERYTHING_ON);
    }

    @Test
    void statusBitsAreClearedByOnesAndOnlyByOnes() {
        machine.set(DEVICE, Dte.blocked());
        machine.dmaRead(NO_PASID, 0);
        machine.command(1L << 60 | 2, 0);
        assertThat(machine.read(STATUS)).isEqualTo(0b1001_1110);

        machine.write(STATUS, 0b10);
        assertThat(machine.read(STATUS)).isEqualTo(0b1001_1100);
        machine.model.writeRegister(STATUS + 4, 32, 0);
        assertThat(machine.read(STATUS)).isEqualTo(0b1001_1100);
        machine.write(STATUS, -1L);
        assertThat(machine.read(STATUS)).as("run bits are read only").isEqualTo(0b1001_1000);
    }

    @ParameterizedTest
    @CsvSource({"guest-translation, 16", "ephsup, 45", "pprsup, 15", "gcr3trpmode, 58"})
    void controlBitsOfWhatIsMissingDoNotStick(String option, int bit) {
        AmdviMachine without = new AmdviMachine(option, "no");
        assertThat(without.bus.complaints).isEmpty();
        without.write(CONTROL, without.read(CONTROL) | 1L << bit);

        assertThat(without.bus.complaints).hasSize(1);
        assertThat(BitField.isSet(without.read(CONTROL), bit)).isFalse();
        machine.write(CONTROL, EVERYTHING_ON | 1L << bit);
        assertThat(machine.bus.complaints).isEmpty();
        assertThat(BitField.isSet(machine.read(CONTROL), bit)).isTrue();
    }

    @Test
    void reservedSegmentCountsAreComplainedAbout() {
        machine.write(CONTROL, EVERYTHING_ON | 4L << 34);
        assertThat(machine.bus.complaints).hasSize(1);
    }

    @Test
    void logsOwnTheirTailAndBaseWhileTheyRun() {
        machine.write(0x2018, 16);
        machine.write(0x2038, 16);
        machine.write(0x10, 0);
        machine.write(0x38, 0);
        assertThat(machine.bus.complaints).hasSize(4);
        assertThat(machine.read(0x2018)).isZero();
        assertThat(machine.read(0x10)).isEqualTo(machine.events | 8L << 56);
    }

    @Test
    void doorbellsLeaveTheWalkerAlone() {
        Walker before = machine.model.walker();
        machine.command(2L << 60 | DEVICE, 0);
        machine.write(STATUS, 1);
        assertThat(machine.model.walker()).isSameAs(before);
    }

    @Test
    void aWalkerIsASnapshotOfTheRegisters() {
        machine.set(DEVICE, Dte.blocked());
        Walker before = machine.model.walker();
        machine.write(CONTROL, 0);

        Translation out = new Translation();
        DmaRequest request = new DmaRequest(DEVICE, NO_PASID, 0, false, false);
        before.translate(request, new RecordingReader(machine.bus), out);
        assertThat(out.isFault()).isTrue();
        machine.model.walker().translate(request, new RecordingReader(machine.bus), out);
        assertThat(out.isFault()).isFalse();
    }
}
