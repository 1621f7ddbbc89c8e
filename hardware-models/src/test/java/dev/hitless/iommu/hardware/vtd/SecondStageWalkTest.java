package dev.hitless.iommu.hardware.vtd;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hitless.iommu.hardware.FaultClass;
import dev.hitless.iommu.hardware.Translation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SecondStageWalkTest extends WalkerFixture {
    @ParameterizedTest
    @CsvSource({"3, 0x7654321000", "4, 0xFEDCBA987000", "5, 0x1FEDCBA98765000"})
    void threeToFiveLevelsTranslateUpToTheirWidth(int levels, long iova) {
        long table = tables.page();
        tables.map(table, levels, iova, 12, TARGET | 3, 3);
        tables.pasidEntry(table | 2 << 6 | (levels - 2L) << 2 | 1, PWSNP | DID, 0);
        expectTarget(read(iova + 8), iova + 8, TARGET + 8);
        assertThat(out.tag()).isEqualTo(CacheTag.secondStage(DID));
        expectFault(read(1L << (12 + 9 * levels)), 0x84, FaultClass.NOT_MAPPED);
        expectFault(read(-4096L), 0x84, FaultClass.NOT_MAPPED);
    }

    @ParameterizedTest
    @ValueSource(ints = {21, 30})
    void largePagesTranslate(int shift) {
        long table = secondStage();
        long iova = 0x40_0000_0000L;
        long slot = tables.map(table, 4, iova, shift, 0x8_4000_0000L | 0x83, 3);
        expectTarget(read(iova + 0x12_3456), iova + 0x12_3456, 0x8_4012_3456L);
        assertThat(out.pageBytes()).isEqualTo(1L << shift);
        tables.or(slot, 1 << 12);
        expectFault(read(iova), 0x7A, FaultClass.ILLEGAL_ENTRY);
    }

    @ParameterizedTest
    @CsvSource({"none, 21", "none, 30", "2m, 30", "1g, 39"})
    void largePagesNeedTheCapability(String superpages, int shift) {
        hardware("superpages=" + superpages);
        long table = secondStage();
        tables.map(table, 4, 0x40_0000_0000L, shift, 0x83, 3);
        expectFault(read(0x40_0000_0000L), 0x7A, FaultClass.ILLEGAL_ENTRY);
    }

    @ParameterizedTest
    @CsvSource({"12, 62", "21, 62", "21, 11", "39, 11"})
    void reservedBitsAreIllegal(int shift, int bit) {
        long table = secondStage();
        tables.or(tables.slot(table, 4, IOVA, shift), 1L << bit);
        expectFault(read(IOVA), 0x7A, FaultClass.ILLEGAL_ENTRY);
    }

    @Test
    void ignoredBitsAreIgnored() {
        long table = secondStage();
        tables.or(tables.slot(table, 4, IOVA, 12), 1L << 63 | 0x3FF0_0000_0000_0000L & ~(1L << 62) | 1 << 10);
        tables.or(tables.slot(table, 4, IOVA, 21), 1L << 63 | 1 << 10 | 0x78);
        expectTarget(read(IOVA), IOVA, TARGET);
    }

    @Test
    void anEntryThatAllowsNothingIsNotPresent() {
        long table = secondStage();
        for (int shift : new int[] {12, 21, 30, 39}) {
            long slot = tables.slot(table, 4, IOVA, shift);
            tables.clear(slot, 3);
            expectFault(read(IOVA), 0x79, FaultClass.NOT_MAPPED);
            tables.or(slot, 3);
        }
    }

    @Test
    void rightsAreThoseOfAllLevels() {
        long table = secondStage();
        long middle = tables.slot(table, 4, IOVA, 30);
        tables.clear(middle, 1);
        expectFault(read(IOVA), 0x86, FaultClass.PERMISSION);
        expectTarget(write(IOVA), IOVA, TARGET);
        tables.or(middle, 1);
        tables.clear(middle, 2);
        expectFault(write(IOVA), 0x85, FaultClass.PERMISSION);
    }

    @Test
    void executionIsLookedAtOnlyWithSsee() {
        long table = secondStage();
        assertThat(read(IOVA).permissions() & Translation.EXECUTE).isNotZero();
        tables.or(tables.pasidEntry(), 1 << 5);
        assertThat(read(IOVA).permissions() & Translation.EXECUTE).isZero();
        for (int shift : new int[] {12, 21, 30, 39}) {
            tables.or(tables.slot(table, 4, IOVA, shift), 4);
        }
        assertThat(read(IOVA).permissions() & Translation.EXECUTE).isNotZero();
    }

    @Test
    void tablesWithoutMemoryAreAccessFaults() {
        long table = secondStage();
        bus.write64(tables.slot(table, 4, IOVA, 21), NOWHERE | 3);
        expectFault(read(IOVA), 0x78, FaultClass.ACCESS);
        tables.pasidEntry(NOWHERE | 2 << 6 | 2 << 2 | 1, PWSNP | DID, 0);
        expectFault(read(IOVA), 0x7B, FaultClass.ACCESS);
    }

    @Test
    void flagsCannotBeSetByAWalkThatDoesNotSnoop() {
        long table = secondStage();
        tables.clear(tables.pasidEntry() + 8, PWSNP);
        expectTarget(write(IOVA), IOVA, TARGET);
        tables.or(tables.pasidEntry(), 1 << 9);
        expectFault(read(IOVA), 0x7C, FaultClass.ILLEGAL_ENTRY);
        for (int shift : new int[] {12, 21, 30, 39}) {
            tables.or(tables.slot(table, 4, IOVA, shift), 1 << 8);
        }
        expectTarget(read(IOVA), IOVA, TARGET);
        expectFault(write(IOVA), 0x7C, FaultClass.ILLEGAL_ENTRY);
        tables.or(tables.slot(table, 4, IOVA, 12), 1 << 9);
        expectTarget(write(IOVA), IOVA, TARGET);
    }

    @Test
    void attributesTellMemoryTypeAndSnoopingApart() {
        long table = secondStage();
        assertThat(read(IOVA).attributes()).isZero();
        tables.or(tables.slot(table, 4, IOVA, 12), 0b1_110 << 3 | 1 << 11);
        assertThat(read(IOVA).attributes()).isEqualTo(0b1_110_0001);
        tables.or(tables.pasidEntry(), 1 << 9);
        assertThat(read(IOVA).attributes()).isEqualTo(0b1_0000_1110_0001L);
    }
}
