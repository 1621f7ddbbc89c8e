package dev.hitless.iommu.hardware.amdvi;

import static dev.hitless.iommu.hardware.amdvi.AmdviMachine.DEVICE;
import static dev.hitless.iommu.hardware.amdvi.AmdviMachine.NO_PASID;
import static dev.hitless.iommu.hardware.amdvi.DeviceTableTest.assertFault;
import static org.assertj.core.api.Assertions.assertThat;

import dev.hitless.iommu.hardware.FaultClass;
import dev.hitless.iommu.hardware.Translation;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GuestTableWalkTest {
    /** P, RW, US, A, D. */
    private static final long RW_USER = 0x67;

    private static final long TARGET = 0xA_BCDE_F000L;
    private static final int PASID = 9;

    private final AmdviMachine machine = new AmdviMachine();
    private final long gcr3 = machine.page();

    @BeforeEach
    void useGuestTables() {
        machine.set(DEVICE, Dte.translating(5).guest(0, gcr3).guestWithoutPasid());
    }

    private static int index(long iova, int level) {
        return (int) (iova >>> (3 + 9 * level) & 0x1FF);
    }

    /** A table for {@code pasid} with {@code leaf} at {@code leafLevel}; returns the table that holds the leaf. */
    private long tables(int pasid, int levels, int leafLevel, long iova, long leaf) {
        long table = machine.page();
        machine.entry(gcr3, pasid, table | 1);
        for (int level = levels; level > leafLevel; level--) {
            long next = machine.page();
            machine.entry(table, index(iova, level), next | 0x27);
            table = next;
        }
        machine.entry(table, index(iova, leafLevel), leaf);
        return table;
    }

    private void useFiveLevels() {
        machine.set(
                DEVICE, Dte.translating(5).guest(0, gcr3).guestWithoutPasid().fiveGuestLevels());
    }

    @Test
    void fourLevelsAreWalkedForAPasid() {
        long iova = 0x1234_5678_9ABCL;
        tables(PASID, 4, 1, iova, TARGET | RW_USER);

        Translation out = machine.dmaWrite(PASID, iova);

        assertThat(out.output(iova)).isEqualTo(TARGET + 0xABC);
        assertThat(out.permissions()).isEqualTo(Translation.READ | Translation.WRITE | Translation.EXECUTE);
    }

    @Test
    void fiveLevelsAreWalkedForAPasid() {
        useFiveLevels();
        long iova = 0x00FE_DCBA_9876_5432L;
        tables(PASID, 5, 1, iova, TARGET | RW_USER);

        assertThat(machine.dmaWrite(PASID, iova).output(iova)).isEqualTo(TARGET + 0x432);
    }

    @Test
    void addressesOfAPasidAreSignExtended() {
        tables(PASID, 4, 1, 0xFFFF_8000_0000_0000L, TARGET | RW_USER);

        assertThat(machine.dmaRead(PASID, 0xFFFF_8000_0000_0000L).output(0xFFFF_8000_0000_0000L))
                .isEqualTo(TARGET);
        assertFault(machine.dmaRead(PASID, 0x8000_0000_0000L), FaultClass.NOT_MAPPED, 2);
        assertFault(machine.dmaRead(PASID, 0xFFFE_8000_0000_0000L), FaultClass.NOT_MAPPED, 2);
    }

    @Test
    void addressesWithoutPasidAreNot() {
        tables(0, 4, 1, 0x8000_0000_0000L, TARGET | RW_USER);

        assertThat(machine.dmaRead(NO_PASID, 0x8000_0000_0000L).output(0x8000_0000_0000L))
                .isEqualTo(TARGET);
        assertThat(machine.dmaRead(0, 0x8000_0000_0000L).isFault()).isFalse();
        assertFault(machine.dmaRead(NO_PASID, 0xFFFF_8000_0000_0000L), FaultClass.NOT_MAPPED, 2);
        assertFault(machine.dmaRead(NO_PASID, 1L << 48), FaultClass.NOT_MAPPED, 2);
    }

    @Test
    void fiveLevelsWithoutPasidDecode57Bits() {
        useFiveLevels();
        tables(0, 5, 1, 1L << 56, TARGET | RW_USER);

        assertThat(machine.dmaRead(NO_PASID, 1L << 56).output(1L << 56)).isEqualTo(TARGET);
        assertFault(machine.dmaRead(NO_PASID, 1L << 57), FaultClass.NOT_MAPPED, 2);
        assertFault(machine.dmaRead(NO_PASID, -1L << 56), FaultClass.NOT_MAPPED, 2);
    }

    @Test
    void withoutGiovRequestsWithoutPasidTakeTheHostPath() {
        machine.set(DEVICE, Dte.translating(5).guest(0, gcr3));
        tables(0, 4, 1, 0, TARGET | RW_USER);
        tables(PASID, 4, 1, 0, TARGET + 0x1000 | RW_USER);

        assertThat(machine.dmaRead(NO_PASID, 0x77).output(0x77)).isEqualTo(0x77);
        assertThat(machine.dmaRead(PASID, 0x77).output(0x77)).isEqualTo(TARGET + 0x1077);
    }

    @ParameterizedTest
    @CsvSource({"2, 21", "3, 30"})
    void largePagesAreFoundByPs(int level, int bits) {
        long iova = (5L << bits) + 0x12345;
        tables(PASID, 4, level, iova, 7L << bits | RW_USER | 1 << 7);

        Translation out = machine.dmaRead(PASID, iova);

        assertThat(out.pageBytes()).isEqualTo(1L << bits);
        assertThat(out.inputPage()).isEqualTo(5L << bits);
        assertThat(out.output(iova)).isEqualTo((7L << bits) + 0x12345);
    }

    @ParameterizedTest
    @CsvSource({"2, 13", "2, 20", "3, 13", "3, 29"})
    void misalignedLargePagesAreIllegal(int level, int bit) {
        tables(PASID, 4, level, 0, RW_USER | 1 << 7 | 1L << bit);
        assertFault(machine.dmaRead(PASID, 0), FaultClass.ILLEGAL_ENTRY, 2);
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 5})
    void theTopLevelsHoldNoPages(int level) {
        useFiveLevels();
        tables(PASID, 5, level, 0, RW_USER | 1 << 7);
        assertFault(machine.dmaRead(PASID, 0), FaultClass.ILLEGAL_ENTRY, 2);
    }

    @Test
    void theHighestBitsOfAnEntryAreSoftwares() {
        tables(PASID, 4, 1, 0, TARGET | RW_USER | 0x7FF0_0000_0000_0000L | 0xE00);
        assertThat(machine.dmaWrite(PASID, 0).output(0)).isEqualTo(TARGET);
    }

    @Test
    void permissionsAreAndedAlongTheWay() {
        long bottom = tables(PASID, 4, 1, 0, TARGET | 0x65); // not writable
        machine.entry(bottom, 1, TARGET | RW_USER & ~4); // supervisor
        machine.entry(bottom, 2, TARGET | RW_USER | 1L << 63); // not executable

        assertThat(machine.dmaRead(PASID, 0).isFault()).isFalse();
        assertFault(machine.dmaWrite(PASID, 0), FaultClass.PERMISSION, 2);
        assertFault(machine.dmaRead(PASID, 0x1000), FaultClass.PERMISSION, 2);
        assertThat(machine.dmaRead(PASID, 0x2000).permissions()).isEqualTo(Translation.READ | Translation.WRITE);
    }

    @Test
    void aDirectoryEntryTakesPermissionsAway() {
        long root = machine.page();
        long level3 = machine.page();
        machine.entry(gcr3, PASID, root | 1);
        machine.entry(root, 0, level3 | 0x23); // supervisor
        machine.entry(root, 1, level3 | 0x25); // not writable
        machine.entry(level3, 0, RW_USER | 1 << 7);

        assertFault(machine.dmaRead(PASID, 0), FaultClass.PERMISSION, 2);
        assertThat(machine.dmaRead(PASID, 1L << 39).isFault()).isFalse();
        assertFault(machine.dmaWrite(PASID, 1L << 39), FaultClass.PERMISSION, 2);
    }

    @Test
    void irAndIwOfTheEntryHoldForGuestTablesToo() {
        tables(PASID, 4, 1, 0, TARGET | RW_USER);
        machine.set(DEVICE, Dte.translating(5).guest(0, gcr3).withoutWrite());

        assertThat(machine.dmaRead(PASID, 0).isFault()).isFalse();
        assertFault(machine.dmaWrite(PASID, 0), FaultClass.PERMISSION, 2);
    }

    @Test
    void whatIsNotPresentIsNotMapped() {
        tables(PASID, 4, 1, 0, TARGET | RW_USER);
        assertFault(machine.dmaRead(PASID, 0x1000), FaultClass.NOT_MAPPED, 2);
        assertFault(machine.dmaRead(PASID, 1L << 40), FaultClass.NOT_MAPPED, 2);
    }

    @Test
    void aTableWhereThereIsNoMemoryIsAnAccessFault() {
        tables(PASID, 4, 2, 0, 0xF_0000_0000L | RW_USER);
        assertFault(machine.dmaRead(PASID, 0), FaultClass.ACCESS, 4);
    }

    @Test
    void memoryTypesComeFromTheLeaf() {
        long bottom = tables(PASID, 4, 1, 0, TARGET | RW_USER | 1 << 3);
        machine.entry(bottom, 1, TARGET | RW_USER | 1 << 4);
        machine.entry(bottom, 2, TARGET | RW_USER | 1 << 7);
        assertThat(machine.dmaRead(PASID, 0).attributes()).isEqualTo(MemoryAttributes.PWT);
        assertThat(machine.dmaRead(PASID, 0x1000).attributes()).isEqualTo(MemoryAttributes.PCD);
        assertThat(machine.dmaRead(PASID, 0x2000).attributes()).isEqualTo(MemoryAttributes.PAT);

        tables(PASID, 4, 2, 0, RW_USER | 1 << 7 | 1 << 12);
        assertThat(machine.dmaRead(PASID, 0).attributes()).isEqualTo(MemoryAttributes.PAT);
        tables(PASID, 4, 2, 0, RW_USER | 1 << 7);
        assertThat(machine.dmaRead(PASID, 0).attributes()).as("PS is not PAT").isZero();
    }
}
