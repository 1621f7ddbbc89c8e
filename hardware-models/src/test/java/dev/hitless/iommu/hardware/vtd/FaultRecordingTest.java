package dev.hitless.iommu.hardware.vtd;

import static dev.hitless.iommu.hardware.vtd.TestTables.PASID;
import static dev.hitless.iommu.hardware.vtd.TestTables.SID;
import static org.assertj.core.api.Assertions.assertThat;

import dev.hitless.iommu.hardware.DmaRequest;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FaultRecordingTest {
    private static final int FSTS = 0x34;
    private static final int FRCD = 0x400;

    private final TestUnit unit = new TestUnit(Map.of()).start();

    private long low(int index) {
        return unit.model.readRegister(FRCD + 16L * index, 64);
    }

    private long high(int index) {
        return unit.model.readRegister(FRCD + 16L * index + 8, 64);
    }

    private void clear(int index) {
        unit.model.writeRegister(FRCD + 16L * index + 8, 64, 1L << 63);
    }

    @Test
    void aFaultIsRecordedWithItsRequest() {
        unit.dma(0x1234_5678);
        assertThat(low(0)).isEqualTo(0x1234_5000);
        assertThat(high(0)).isEqualTo(1L << 63 | 1L << 62 | (long) PASID << 40 | 0x59L << 32 | 1L << 31 | SID);
        assertThat(unit.read32(FSTS)).isEqualTo(2);
        assertThat(unit.read32(0x38)).isEqualTo(3L << 30);
        unit.model.access(new DmaRequest(SID, DmaRequest.NO_PASID, 0x2000, true, false));
        assertThat(high(1)).isEqualTo(1L << 63 | 0x59L << 32 | SID);
        unit.model.access(new DmaRequest(SID, PASID, 0x2000, true, true));
        assertThat(high(2) >>> 60 & 3).isEqualTo(1);
    }

    @Test
    void writingOneClearsARecord() {
        unit.dma(0x1000);
        long record = high(0);
        unit.model.writeRegister(FRCD + 8, 64, ~(1L << 63));
        assertThat(high(0)).isEqualTo(record);
        unit.model.writeRegister(FRCD, 64, -1);
        assertThat(low(0)).isEqualTo(0x1000);
        unit.write32(FRCD + 12, 1L << 31);
        assertThat(high(0) >>> 63).isZero();
        assertThat(unit.read32(FSTS)).isZero();
        assertThat(unit.read32(0x38)).isEqualTo(1L << 31);
    }

    @Test
    void recordsGoRoundAndOverflowLosesFaults() {
        for (int count = 0; count < 8; count++) {
            unit.dma(count * 0x1000L);
        }
        assertThat(unit.read32(FSTS)).isEqualTo(2);
        unit.dma(0x9000);
        assertThat(unit.read32(FSTS)).isEqualTo(3);
        assertThat(low(0)).isZero();
        clear(0);
        unit.dma(0xA000);
        assertThat(high(0) >>> 63).as("nothing is recorded while PFO is set").isZero();
        unit.write32(FSTS, 1);
        assertThat(unit.read32(FSTS) & 3).isEqualTo(2);
        unit.dma(0xB000);
        assertThat(low(0)).isEqualTo(0xB000);
    }

    @Test
    void theFirstPendingRecordIsTold() {
        for (int count = 0; count < 3; count++) {
            unit.dma(0x1000);
            clear(count);
        }
        unit.dma(0x1000);
        unit.dma(0x1000);
        assertThat(unit.read32(FSTS)).isEqualTo(3 << 8 | 2);
    }

    @Test
    void fpdAnywhereAlongThePathKeepsAFaultOut() {
        for (long entry :
                new long[] {unit.tables.contextEntry(), unit.tables.directoryEntry(), unit.tables.pasidEntry()}) {
            unit.tables.or(entry, 2);
            assertThat(unit.dma(0x1000).faultCode()).isEqualTo(0x59);
            assertThat(unit.read32(FSTS)).isZero();
            unit.tables.clear(entry, 2);
        }
        unit.tables.or(unit.tables.contextEntry(), 2);
        unit.tables.clear(unit.tables.contextEntry(), 1);
        assertThat(unit.dma(0x1000).faultCode()).isEqualTo(0x41);
        assertThat(unit.read32(FSTS)).isZero();
        unit.tables.clear(unit.tables.rootEntry(), 1);
        unit.dma(0x1000);
        assertThat(high(0) >>> 32 & 0xFF).isEqualTo(0x39);
    }

    @Test
    void aTranslationRequestToAPageThatIsNotThereIsAnsweredNotRecorded() {
        unit.tables.pasidEntry(unit.tables.page() | 2 << 6 | 2 << 2 | 1, 5, 0);
        DmaRequest ask = new DmaRequest(SID, PASID, 0x1000, false, true);
        assertThat(unit.model.access(ask).faultCode()).isEqualTo(0x79);
        assertThat(unit.read32(FSTS)).isZero();
        unit.dma(0x1000);
        assertThat(unit.read32(FSTS)).isEqualTo(2);
    }

    @Test
    void withTranslationOffNothingIsRecorded() {
        unit.write32(0x18, 1L << 26);
        assertThat(unit.dma(0x1000).isFault()).isTrue();
        assertThat(unit.read32(FSTS)).isZero();
    }
}
