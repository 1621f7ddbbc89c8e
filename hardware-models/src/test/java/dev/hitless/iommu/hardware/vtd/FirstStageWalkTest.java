package dev.hitless.iommu.hardware.vtd;

import static dev.hitless.iommu.hardware.vtd.TestTables.PASID;
import static dev.hitless.iommu.hardware.vtd.TestTables.SID;
import static org.assertj.core.api.Assertions.assertThat;

import dev.hitless.iommu.hardware.DmaRequest;
import dev.hitless.iommu.hardware.FaultClass;
import dev.hitless.iommu.hardware.Translation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FirstStageWalkTest extends WalkerFixture {
    @Test
    void fourLevelsTranslate() {
        firstStage();
        expectTarget(read(IOVA + 0x123), IOVA + 0x123, TARGET + 0x123);
        expectTarget(write(IOVA), IOVA, TARGET);
        assertThat(out.pageBytes()).isEqualTo(4096);
        assertThat(out.inputPage()).isEqualTo(IOVA);
        assertThat(out.cache()).isEqualTo(VtdCaches.IOTLB);
        assertThat(out.tag()).isEqualTo(CacheTag.firstStage(DID, PASID, false, false));
        expectFault(read(IOVA + 0x1000), 0x71, FaultClass.NOT_MAPPED);
    }

    @Test
    void fiveLevelsTranslate() {
        long table = tables.page();
        long high = 0x0065_7654_3210_9000L;
        tables.map(table, 5, high, 12, TARGET | 0x67, 0x27);
        tables.pasidEntry(1 << 6 | 1, PWSNP | DID, table | 1 << 2);
        expectTarget(read(high), high, TARGET);
        expectFault(read(0x0100_0000_0000_0000L), 0x80, FaultClass.NOT_MAPPED);
    }

    @Test
    void addressesMustBeCanonical() {
        long table = firstStage();
        expectFault(read(0x0000_8000_0000_0000L), 0x80, FaultClass.NOT_MAPPED);
        expectFault(read(0x7FFF_8000_0000_0000L), 0x80, FaultClass.NOT_MAPPED);
        long negative = 0xFFFF_8000_0000_0000L;
        tables.map(table, 4, negative, 12, TARGET | 0x67, 0x27);
        expectTarget(read(negative), negative, TARGET);
    }

    @ParameterizedTest
    @ValueSource(ints = {21, 30})
    void largePagesTranslate(int shift) {
        long table = firstStage();
        long iova = 0x40_0000_0000L;
        tables.map(table, 4, iova, shift, 0x8_4000_0000L | 0xE7, 0x27);
        expectTarget(read(iova + 0x12_3456), iova + 0x12_3456, 0x8_4012_3456L);
        assertThat(out.pageBytes()).isEqualTo(1L << shift);
        tables.map(table, 4, iova, shift, 0x8_4000_0000L | 0xE7 | 1 << 13, 0x27);
        expectFault(read(iova), 0x72, FaultClass.ILLEGAL_ENTRY);
        tables.map(table, 4, iova, shift, 0x8_4000_0000L | 0xE7 | 1 << 12, 0x27);
        expectTarget(read(iova), iova, 0x8_4000_0000L);
        assertThat(out.attributes()).isEqualTo(1 << 3);
    }

    @Test
    void oneGigabytePagesNeedTheCapability() {
        long table = firstStage();
        tables.map(table, 4, 0x40_0000_0000L, 30, 0x8_4000_0000L | 0xE7, 0x27);
        hardware("superpages=2m");
        expectFault(read(0x40_0000_0000L), 0x72, FaultClass.ILLEGAL_ENTRY);
    }

    @ParameterizedTest
    @ValueSource(ints = {39, 48})
    void thereAreNoLargerPages(int shift) {
        long table = tables.page();
        tables.map(table, 5, IOVA, shift, 0xE7, 0x27);
        tables.pasidEntry(1 << 6 | 1, PWSNP | DID, table | 1 << 2);
        expectFault(read(IOVA), 0x72, FaultClass.ILLEGAL_ENTRY);
    }

    @Test
    void tablesWithoutMemoryAreAccessFaults() {
        long table = firstStage();
        bus.write64(tables.slot(table, 4, IOVA, 21), NOWHERE | 0x27);
        expectFault(read(IOVA), 0x70, FaultClass.ACCESS);
        tables.pasidEntry(1 << 6 | 1, PWSNP | DID, NOWHERE);
        expectFault(read(IOVA), 0x73, FaultClass.ACCESS);
    }

    @Test
    void writingNeedsTheBitAtEveryLevel() {
        long table = firstStage();
        for (int shift : new int[] {12, 21, 30, 39}) {
            long slot = tables.slot(table, 4, IOVA, shift);
            tables.clear(slot, 2);
            expectFault(write(IOVA), 0x85, FaultClass.PERMISSION);
            expectTarget(read(IOVA), IOVA, TARGET);
            tables.or(slot, 2);
        }
    }

    @Test
    void userRequestsNeedTheUserBitAtEveryLevel() {
        long table = firstStage();
        for (int shift : new int[] {12, 21, 30, 39}) {
            long slot = tables.slot(table, 4, IOVA, shift);
            tables.clear(slot, 4);
            expectFault(read(IOVA), 0x81, FaultClass.PERMISSION);
            tables.or(slot, 4);
        }
    }

    @Test
    void executeDisableIsReservedWithoutNxe() {
        long table = firstStage();
        tables.or(tables.slot(table, 4, IOVA, 30), 1L << 63);
        expectFault(read(IOVA), 0x72, FaultClass.ILLEGAL_ENTRY);
        tables.or(tables.pasidEntry() + 16, 1 << 5 | 1 << 1);
        expectTarget(read(IOVA), IOVA, TARGET);
        assertThat(out.permissions()).isEqualTo(Translation.READ | Translation.WRITE);
        tables.clear(tables.slot(table, 4, IOVA, 30), 1L << 63);
        assertThat(read(IOVA).permissions() & Translation.EXECUTE).isNotZero();
        tables.clear(tables.pasidEntry() + 16, 1 << 1);
        assertThat(read(IOVA).permissions() & Translation.EXECUTE).isZero();
    }

    @Test
    void flagsCannotBeSetByAWalkThatDoesNotSnoop() {
        long table = firstStage();
        tables.clear(tables.slot(table, 4, IOVA, 12), 1 << 6);
        expectTarget(write(IOVA), IOVA, TARGET);
        tables.clear(tables.pasidEntry() + 8, PWSNP);
        expectTarget(read(IOVA), IOVA, TARGET);
        expectFault(write(IOVA), 0x90, FaultClass.ILLEGAL_ENTRY);
        tables.clear(tables.slot(table, 4, IOVA, 21), 1 << 5);
        expectFault(read(IOVA), 0x90, FaultClass.ILLEGAL_ENTRY);
        tables.or(tables.pasidEntry() + 8, PWSNP);
        expectTarget(read(IOVA), IOVA, TARGET);
    }

    @Test
    void theExtendedAccessedFlagCountsOnlyWithEafe() {
        firstStage();
        tables.clear(tables.pasidEntry() + 8, PWSNP);
        expectTarget(read(IOVA), IOVA, TARGET);
        tables.or(tables.pasidEntry() + 16, 1 << 7);
        expectFault(read(IOVA), 0x90, FaultClass.ILLEGAL_ENTRY);
    }

    @Test
    void supervisorRequestsNeedSre() {
        long table = firstStage();
        tables.or(tables.contextEntry() + 8, PASID | 1L << 20);
        expectFault(readWithoutPasid(IOVA), 0x5D, FaultClass.PERMISSION);
        tables.or(tables.pasidEntry() + 16, 1);
        tables.clear(tables.slot(table, 4, IOVA, 12), 4 | 2);
        expectTarget(readWithoutPasid(IOVA), IOVA, TARGET);
        assertThat(out.tag()).isEqualTo(CacheTag.firstStage(DID, PASID, false, true));
        DmaRequest write = new DmaRequest(SID, DmaRequest.NO_PASID, IOVA, true, false);
        expectTarget(translate(write), IOVA, TARGET);
        tables.or(tables.pasidEntry() + 16, 1 << 4);
        expectFault(translate(write), 0x85, FaultClass.PERMISSION);
        expectFault(read(IOVA), 0x81, FaultClass.PERMISSION);
    }

    @Test
    void attributesTellMemoryTypeSnoopingAndSupervisorBitsApart() {
        long table = firstStage();
        long plain = read(IOVA).attributes();
        assertThat(plain).isZero();
        tables.or(tables.slot(table, 4, IOVA, 12), 1 << 3 | 1 << 4 | 1 << 7);
        assertThat(read(IOVA).attributes()).isEqualTo(0b1110);
        tables.or(tables.pasidEntry() + 8, 1 << 24);
        assertThat(read(IOVA).attributes()).isEqualTo(0b1111);
        tables.or(tables.pasidEntry() + 16, 1 | 1 << 4 | 1 << 6);
        assertThat(read(IOVA).attributes()).isEqualTo(0b111_0000_1111);
    }
}
