package dev.hitless.iommu.hardware.amdvi;

import static dev.hitless.iommu.hardware.amdvi.AmdviMachine.DEVICE;
import static dev.hitless.iommu.hardware.amdvi.AmdviMachine.NO_PASID;
import static dev.hitless.iommu.hardware.amdvi.DeviceTableTest.assertFault;
import static org.assertj.core.api.Assertions.assertThat;

import dev.hitless.iommu.hardware.FaultClass;
import dev.hitless.iommu.hardware.Translation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HostTableWalkTest {
    /** PR, IR, IW. */
    private static final long RW = 0x6000_0000_0000_0001L;

    private static final long TARGET = 0xA_BCDE_F000L;

    private final AmdviMachine machine = new AmdviMachine();

    private static long directory(int nextLevel, long table) {
        return RW | (long) nextLevel << 9 | table;
    }

    private static int index(long iova, int level) {
        return (int) (iova >>> (3 + 9 * level) & 0x1FF);
    }

    /** Tables from {@code mode} down to {@code leafLevel} with {@code leaf} in the last one; returns the last one. */
    private long tables(int mode, int leafLevel, long iova, long leaf) {
        long table = machine.page();
        machine.set(DEVICE, Dte.translating(5).host(mode, table));
        for (int level = mode; level > leafLevel; level--) {
            long next = machine.page();
            machine.entry(table, index(iova, level), directory(level - 1, next));
            table = next;
        }
        machine.entry(table, index(iova, leafLevel), leaf);
        return table;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6})
    void everyModeDecodesItsFullWidthAndNoMore(int mode) {
        long iova = mode == 6 ? -1L : (1L << (12 + 9 * mode)) - 1;
        tables(mode, 1, iova, RW | TARGET);

        assertThat(machine.dmaWrite(NO_PASID, iova).output(iova)).isEqualTo(TARGET + 0xFFF);
        if (mode < 6) {
            assertFault(machine.dmaRead(NO_PASID, iova + 1), FaultClass.NOT_MAPPED, 2);
            assertFault(machine.dmaRead(NO_PASID, iova | Long.MIN_VALUE), FaultClass.NOT_MAPPED, 2);
        }
    }

    @ParameterizedTest
    @CsvSource({"1, 12", "2, 21", "3, 30", "5, 48"})
    void aLeafAtALevelHasThatLevelsSize(int level, int bits) {
        long iova = (3L << bits) + 0x765;
        long target = level == 5 ? 0 : 1L << 40;
        tables(6, level, iova, RW | target);

        Translation out = machine.dmaRead(NO_PASID, iova);

        assertThat(out.pageBytes()).isEqualTo(1L << bits);
        assertThat(out.inputPage()).isEqualTo(3L << bits);
        assertThat(out.output(iova)).isEqualTo(target + 0x765);
    }

    @Test
    void level4And6HoldNoLeaves() {
        tables(6, 4, 0, RW);
        assertFault(machine.dmaRead(NO_PASID, 0), FaultClass.ILLEGAL_ENTRY, 2);
        tables(6, 6, 0, RW);
        assertFault(machine.dmaRead(NO_PASID, 0), FaultClass.ILLEGAL_ENTRY, 2);
    }

    @Test
    void aLargePageMustBeAligned() {
        tables(4, 2, 0, RW | 1L << 20);
        assertFault(machine.dmaRead(NO_PASID, 0), FaultClass.ILLEGAL_ENTRY, 2);
    }

    /** The address field of a NextLevel 7 page of {@code 1 << bits} bytes at {@code target}. */
    private static long encoded(long target, int bits) {
        return RW | 7 << 9 | target | ((1L << (bits - 1)) - 1 & ~0xFFFL);
    }

    @ParameterizedTest
    @CsvSource({
        "1, 13", "1, 14", "1, 17", "1, 20", "2, 21", "2, 22", "2, 25", "2, 29", "3, 30", "3, 31", "3, 38", "4, 40",
        "4, 47", "5, 48", "5, 52"
    })
    void nextLevel7EncodesTheSizeInTheAddress(int level, int bits) {
        long target = bits >= 48 ? 0 : 1L << 50;
        long lastPage = (1L << bits) - 0x1000;
        tables(6, level, lastPage, encoded(target, bits));

        Translation out = machine.dmaRead(NO_PASID, lastPage);

        assertThat(out.isFault()).as(out.toString()).isFalse();
        assertThat(out.pageBytes()).isEqualTo(1L << bits);
        assertThat(out.inputPage()).isZero();
        assertThat(out.output(lastPage)).isEqualTo(target + lastPage);
    }

    @ParameterizedTest
    @CsvSource({"1, 21", "2, 20", "2, 30", "3, 29", "3, 39", "4, 39", "4, 48", "6, 52", "5, 47"})
    void aSizeThatTheLevelCannotHaveIsIllegal(int level, int bits) {
        tables(6, level, 0, encoded(0, bits));
        assertFault(machine.dmaRead(NO_PASID, 0), FaultClass.ILLEGAL_ENTRY, 2);
    }

    @Test
    void anAddressOfOnesOnlyIsIllegal() {
        tables(6, 5, 0, RW | 7 << 9 | 0xF_FFFF_FFFF_F000L);
        assertFault(machine.dmaRead(NO_PASID, 0), FaultClass.ILLEGAL_ENTRY, 2);
    }

    @Test
    void levelsMayBeSkippedWhereTheirAddressBitsAreZero() {
        long top = machine.page();
        long bottom = machine.page();
        machine.set(DEVICE, Dte.translating(5).host(4, top));
        machine.entry(top, 2, directory(1, bottom));
        machine.entry(bottom, 3, RW | TARGET);
        long iova = 2L << 39 | 3L << 12;

        assertThat(machine.dmaRead(NO_PASID, iova).output(iova)).isEqualTo(TARGET);
        assertFault(machine.dmaRead(NO_PASID, iova | 1L << 21), FaultClass.NOT_MAPPED, 2);
        assertFault(machine.dmaRead(NO_PASID, iova | 1L << 38), FaultClass.NOT_MAPPED, 2);
    }

    @ParameterizedTest
    @CsvSource({"3, 3", "3, 4", "1, 1", "1, 6"})
    void aDirectoryEntryMustLeadDown(int level, int nextLevel) {
        tables(level, level, 0, directory(nextLevel, machine.page()));
        assertFault(machine.dmaRead(NO_PASID, 0), FaultClass.ILLEGAL_ENTRY, 2);
    }

    @ParameterizedTest
    @ValueSource(ints = {52, 53, 54, 55, 56, 57, 58})
    void reservedBitsAreIllegalInLeavesAndDirectories(int bit) {
        tables(3, 1, 0, RW | TARGET | 1L << bit);
        assertFault(machine.dmaRead(NO_PASID, 0), FaultClass.ILLEGAL_ENTRY, 2);
        tables(3, 2, 0, directory(1, machine.page()) | 1L << bit);
        assertFault(machine.dmaRead(NO_PASID, 0), FaultClass.ILLEGAL_ENTRY, 2);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 63})
    void softwareAndAccessBitsDoNotMatter(int bit) {
        tables(3, 1, 0, RW | TARGET | 1L << bit);
        assertThat(machine.dmaWrite(NO_PASID, 0).output(0)).isEqualTo(TARGET);
    }

    @Test
    void permissionsAreAndedAlongTheWay() {
        long bottom = tables(2, 1, 0, RW | TARGET);
        machine.entry(bottom, 1, TARGET | 1 | 1L << 61);
        machine.entry(bottom, 2, TARGET | 1 | 1L << 62);
        machine.entry(bottom, 3, TARGET | 1);

        assertFault(machine.dmaWrite(NO_PASID, 0x1000), FaultClass.PERMISSION, 2);
        assertThat(machine.dmaRead(NO_PASID, 0x1000).isFault()).isFalse();
        assertFault(machine.dmaRead(NO_PASID, 0x2000), FaultClass.PERMISSION, 2);
        assertThat(machine.dmaWrite(NO_PASID, 0x2000).isFault()).isFalse();
        assertFault(machine.dmaRead(NO_PASID, 0x3000), FaultClass.PERMISSION, 2);

        long readOnlyTop = machine.page();
        machine.entry(readOnlyTop, 0, bottom | 1 << 9 | 1 | 1L << 61);
        machine.set(DEVICE, Dte.translating(5).host(2, readOnlyTop));
        assertFault(machine.dmaWrite(NO_PASID, 0), FaultClass.PERMISSION, 2);
        assertThat(machine.dmaRead(NO_PASID, 0).isFault()).isFalse();
    }

    @Test
    void whatIsNotPresentIsNotMapped() {
        tables(3, 1, 0, RW | TARGET);
        assertFault(machine.dmaRead(NO_PASID, 0x1000), FaultClass.NOT_MAPPED, 2);
        assertFault(machine.dmaRead(NO_PASID, 1L << 21), FaultClass.NOT_MAPPED, 2);
    }

    @Test
    void aTableWhereThereIsNoMemoryIsAnAccessFault() {
        tables(3, 2, 0, directory(1, 0xF_0000_0000L));
        assertFault(machine.dmaRead(NO_PASID, 0), FaultClass.ACCESS, 4);
    }

    @Test
    void memoryAttributesComeFromTheLeafAndTheEntry() {
        long table = tables(1, 1, 0, RW | TARGET);
        machine.entry(table, 1, RW | TARGET | 1L << 60);
        machine.entry(table, 2, RW | TARGET | 1L << 59);
        assertThat(machine.dmaRead(NO_PASID, 0).attributes()).isZero();
        assertThat(machine.dmaRead(NO_PASID, 0x1000).attributes()).isEqualTo(MemoryAttributes.FORCE_COHERENT);
        assertThat(machine.dmaRead(NO_PASID, 0x2000).attributes()).isEqualTo(MemoryAttributes.UNTRANSLATED_ONLY);

        machine.set(DEVICE, Dte.translating(5).host(1, table).snoopDisabled());
        assertThat(machine.dmaRead(NO_PASID, 0).attributes()).isEqualTo(MemoryAttributes.SNOOP_DISABLED);
    }
}
