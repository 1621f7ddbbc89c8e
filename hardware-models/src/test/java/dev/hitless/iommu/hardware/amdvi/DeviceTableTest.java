package dev.hitless.iommu.hardware.amdvi;

import static dev.hitless.iommu.hardware.amdvi.AmdviMachine.DEVICE;
import static dev.hitless.iommu.hardware.amdvi.AmdviMachine.NO_PASID;
import static org.assertj.core.api.Assertions.assertThat;

import dev.hitless.iommu.hardware.DmaRequest;
import dev.hitless.iommu.hardware.FaultClass;
import dev.hitless.iommu.hardware.Translation;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class DeviceTableTest {
    private static final long IOVA = 0x1234_5678L;

    private final AmdviMachine machine = new AmdviMachine();

    @Test
    void anIommuThatIsOffPassesEverythingThrough() {
        machine.set(DEVICE, Dte.blocked());
        machine.write(AmdviMachine.CONTROL, 0);

        assertPassThrough(machine.dmaWrite(NO_PASID, IOVA));
        assertPassThrough(machine.dmaWrite(7, IOVA));
    }

    @Test
    void anEntryThatIsNotValidPassesThroughInsteadOfBlocking() {
        Dte everythingElseSet =
                Dte.translating(5).host(7, 0xFFFF_F000L).flip(0).flip(2).flip(106);
        machine.set(DEVICE, everythingElseSet);

        assertPassThrough(machine.dmaWrite(NO_PASID, IOVA));
        assertThat(machine.walk(NO_PASID, IOVA, new RecordingReader(machine.bus))
                        .cache())
                .as("pass-through has no tag to be cached under")
                .isNull();
    }

    @Test
    void anEntryWithoutTranslationInformationBlocks() {
        machine.set(DEVICE, Dte.blocked());

        assertFault(machine.dmaRead(NO_PASID, IOVA), FaultClass.BLOCKED, 2);
        assertFault(machine.dmaRead(3, IOVA), FaultClass.BLOCKED, 2);
    }

    @Test
    void mode0MapsOntoItselfAsFarAsIrAndIwAllow() {
        machine.set(DEVICE, Dte.translating(5));
        assertThat(machine.dmaWrite(NO_PASID, IOVA).output(IOVA)).isEqualTo(IOVA);

        machine.set(DEVICE, Dte.translating(5).withoutWrite());
        assertThat(machine.dmaRead(NO_PASID, IOVA).output(IOVA)).isEqualTo(IOVA);
        assertFault(machine.dmaWrite(NO_PASID, IOVA), FaultClass.PERMISSION, 2);

        machine.set(DEVICE, Dte.translating(5).withoutRead());
        assertThat(machine.dmaWrite(NO_PASID, IOVA).isFault()).isFalse();
        assertFault(machine.dmaRead(NO_PASID, IOVA), FaultClass.PERMISSION, 2);

        machine.set(DEVICE, Dte.translating(5).withoutRead().withoutWrite());
        assertFault(machine.dmaRead(NO_PASID, IOVA), FaultClass.BLOCKED, 2);
        assertFault(machine.dmaWrite(NO_PASID, IOVA), FaultClass.BLOCKED, 2);
    }

    @Test
    void mode0LeavesLinesOfOnePageUnderItsDomainId() {
        machine.set(DEVICE, Dte.translating(0x55));

        Translation out = machine.walk(NO_PASID, IOVA, new RecordingReader(machine.bus));

        assertThat(out.cache()).isEqualTo(AmdviCaches.IOTLB);
        assertThat(AmdviCaches.domainIdOf(out.tag())).isEqualTo(0x55);
        assertThat(out.pageBytes()).isEqualTo(4096);
    }

    static List<Integer> reservedBits() {
        List<Integer> bits = new ArrayList<>(List.of(2, 3, 4, 5, 6, 63, 64 + 42, 128 + 52, 128 + 53, 128 + 59));
        for (int bit = 192; bit < 192 + 54; bit++) {
            bits.add(bit);
        }
        return bits;
    }

    @ParameterizedTest
    @MethodSource("reservedBits")
    void aReservedBitMakesTheEntryIllegal(int bit) {
        machine.set(DEVICE, Dte.translating(5).flip(bit));
        assertFault(machine.dmaRead(NO_PASID, IOVA), FaultClass.ILLEGAL_ENTRY, 1);

        machine.set(DEVICE, Dte.blocked().flip(bit));
        assertFault(machine.dmaRead(NO_PASID, IOVA), FaultClass.ILLEGAL_ENTRY, 1);
    }

    @Test
    void everyOtherBitOfTheUpperHalfIsLegalAndWithoutEffectOnPlainDma() {
        machine.set(DEVICE, Dte.translating(5));
        Translation plain = machine.dmaRead(NO_PASID, IOVA);
        for (int bit = 128; bit < 256; bit++) {
            if (reservedBits().contains(bit)) {
                continue;
            }
            machine.set(DEVICE, Dte.translating(5).flip(bit));
            assertThat(machine.dmaRead(NO_PASID, IOVA)).as("bit %d", bit).hasToString(plain.toString());
        }
    }

    @ParameterizedTest
    @CsvSource({
        "8, -1, HAD 2",
        "99, 100, IoCtl 3",
        "188, 189, IntCtl 3",
    })
    void aReservedValueMakesTheEntryIllegal(int bit, int otherBit, String name) {
        Dte dte = Dte.translating(5).flip(bit);
        machine.set(DEVICE, otherBit < 0 ? dte : dte.flip(otherBit));

        assertThat(machine.dmaRead(NO_PASID, IOVA).faultClass()).as(name).isEqualTo(FaultClass.ILLEGAL_ENTRY);
    }

    @Test
    void interruptTableLengthBeyond2048IsIllegalOnlyWithAnInterruptMap() {
        Dte length12 = Dte.translating(5).flip(128 + 3).flip(128 + 4);
        machine.set(DEVICE, length12);
        assertThat(machine.dmaRead(NO_PASID, IOVA).isFault()).isFalse();

        machine.set(DEVICE, length12.flip(128));
        assertFault(machine.dmaRead(NO_PASID, IOVA), FaultClass.ILLEGAL_ENTRY, 1);
    }

    @ParameterizedTest
    @CsvSource({
        "host-levels, 6, 7",
        "host-levels, 5, 6",
        "host-levels, 5, 7",
        "host-levels, 4, 5",
    })
    void modeBeyondTheHostLevelsIsIllegal(String option, String value, int mode) {
        AmdviMachine small = new AmdviMachine(option, value);
        small.set(DEVICE, Dte.translating(5).host(mode, small.page()));

        assertFault(small.dmaRead(NO_PASID, IOVA), FaultClass.ILLEGAL_ENTRY, 1);
    }

    @Test
    void whatTheHardwareLacksIsIllegalInAnEntry() {
        assertIllegal(Dte.translating(5).deviceTlb(), "ats", "no");
        assertIllegal(Dte.translating(5).pageRequests(), "pprsup", "no");
        assertIllegal(Dte.translating(5).guest(0, 0x1000), "guest-translation", "no");
        assertIllegal(Dte.translating(5).guest(0, 0x1000).guestWithoutPasid(), "giosup", "no");
        assertIllegal(Dte.translating(5).guest(1, 0x1000), "gcr3-levels", "1");
        assertIllegal(Dte.translating(5).guest(2, 0x1000), "gcr3-levels", "2");
        assertIllegal(Dte.translating(5).guest(3, 0x1000), "gcr3-levels", "3");
        assertIllegal(Dte.translating(5).guest(0, 0x1000).fiveGuestLevels(), "guest-levels", "4");
        assertIllegal(Dte.translating(5).guest(0, 0x1000).flip(128 + 55), "guest-levels", "5");
    }

    private static void assertIllegal(Dte dte, String option, String value) {
        AmdviMachine machine = new AmdviMachine(option, value);
        machine.set(DEVICE, dte);
        assertFault(machine.dmaRead(NO_PASID, IOVA), FaultClass.ILLEGAL_ENTRY, 1);
    }

    @Test
    void guestFieldsOfAnEntryWithoutGuestTablesDoNotMatter() {
        machine.set(DEVICE, Dte.translating(5).fiveGuestLevels().guestWithoutPasid());
        assertThat(machine.dmaRead(NO_PASID, IOVA).output(IOVA)).isEqualTo(IOVA);
    }

    @Test
    void guestTablesNeedTheControlBit() {
        machine.set(DEVICE, Dte.translating(5).guest(0, machine.page()));
        assertThat(machine.dmaRead(NO_PASID, IOVA).isFault()).isFalse();

        machine.write(AmdviMachine.CONTROL, AmdviMachine.EVERYTHING_ON & ~(1L << 16));
        assertFault(machine.dmaRead(NO_PASID, IOVA), FaultClass.ILLEGAL_ENTRY, 1);
    }

    @Test
    void aDeviceBeyondTheTableIsIllegal() {
        Translation last = machine.model.access(new DmaRequest(0xFF, NO_PASID, IOVA, false, false));
        Translation beyond = machine.model.access(new DmaRequest(0x100, NO_PASID, IOVA, false, false));

        assertThat(last.isFault()).isFalse();
        assertFault(beyond, FaultClass.ILLEGAL_ENTRY, 1);
    }

    @Test
    void aTableWhereThereIsNoMemoryIsAnAccessFault() {
        machine.write(0x00, 0xF_0000_0000L);
        assertFault(machine.dmaRead(NO_PASID, IOVA), FaultClass.ACCESS, 3);
    }

    @Test
    void segmentsAreChosenByTheTopBitsOfTheDeviceId() {
        long segment3 = machine.page();
        machine.write(0x110, segment3 | 0x100); // segment 3: 4 KiB, 128 entries; bit 8 is not of the size here
        machine.bus.store64(segment3 + 0x18 * 32, 1); // V=1, TV=0
        machine.write(AmdviMachine.CONTROL, AmdviMachine.EVERYTHING_ON | 2L << 34); // four segments

        Translation device = machine.model.access(new DmaRequest(0xC018, NO_PASID, IOVA, false, false));
        Translation neighbour = machine.model.access(new DmaRequest(0xC019, NO_PASID, IOVA, false, false));
        Translation beyond = machine.model.access(new DmaRequest(0xC080, NO_PASID, IOVA, false, false));

        assertFault(device, FaultClass.BLOCKED, 2);
        assertPassThrough(neighbour);
        assertFault(beyond, FaultClass.ILLEGAL_ENTRY, 1);
    }

    @Test
    void theExclusionRangeIsNotTranslated() {
        machine.set(DEVICE, Dte.blocked());
        machine.write(0x20, 0x10_0000 | 1); // ExEn
        machine.write(0x28, 0x10_1000);
        assertFault(machine.dmaRead(NO_PASID, 0x10_0000), FaultClass.BLOCKED, 2);

        machine.set(DEVICE, Dte.blocked().flip(103)); // EX
        assertPassThrough(machine.dmaRead(NO_PASID, 0x10_0000));
        assertPassThrough(machine.dmaRead(NO_PASID, 0x10_1FFF));
        assertFault(machine.dmaRead(NO_PASID, 0x10_2000), FaultClass.BLOCKED, 2);
        assertFault(machine.dmaRead(NO_PASID, 0xF_FFFF), FaultClass.BLOCKED, 2);
        assertFault(machine.dmaRead(7, 0x10_0000), FaultClass.BLOCKED, 2);

        machine.set(DEVICE, Dte.blocked());
        machine.write(0x20, 0x10_0000 | 3); // Allow
        assertPassThrough(machine.dmaRead(NO_PASID, 0x10_0000));
    }

    @Test
    void translationRequestsNeedTheEntrysConsent() {
        DmaRequest request = new DmaRequest(DEVICE, NO_PASID, IOVA, false, true);
        machine.set(DEVICE, Dte.translating(5));
        assertFault(machine.model.access(request), FaultClass.BLOCKED, 8);

        machine.set(DEVICE, Dte.translating(5).deviceTlb());
        assertThat(machine.model.access(request).output(IOVA)).isEqualTo(IOVA);
    }

    @Test
    void aRequestWithPasidNeedsGuestTables() {
        machine.set(DEVICE, Dte.translating(5));
        assertFault(machine.dmaRead(1, IOVA), FaultClass.BLOCKED, 2);
        assertFault(machine.dmaRead(0, IOVA), FaultClass.BLOCKED, 2);
    }

    static void assertFault(Translation out, FaultClass fault, int code) {
        assertThat(out.faultClass()).as(out.toString()).isEqualTo(fault);
        assertThat(out.faultCode()).as(out.toString()).isEqualTo(code);
    }

    private static void assertPassThrough(Translation out) {
        assertThat(out.isFault()).as(out.toString()).isFalse();
        assertThat(out.output(IOVA)).isEqualTo(IOVA);
        assertThat(out.permissions() & 3).isEqualTo(3);
        assertThat(out.pageBytes()).as("the whole address space").isZero();
    }
}
