package dev.hitless.iommu.hardware.vtd;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RegisterFileTest {
    private static final int GCMD = 0x18;
    private static final int GSTS = 0x1C;
    private static final int RTADDR = 0x20;
    private static final int CAP = 0x08;
    private static final int ECAP = 0x10;

    private final TestUnit unit = new TestUnit(Map.of());

    private long register(String option, int offset) {
        Map<String, String> chosen = option.isEmpty() ? Map.of() : Map.of(option.split("=")[0], option.split("=")[1]);
        return new TestUnit(chosen).model.readRegister(offset, 64);
    }

    @Test
    void resetValues() {
        assertThat(unit.read32(0x00)).isEqualTo(0x60);
        assertThat(unit.read32(GSTS)).isZero();
        assertThat(unit.read32(0x34)).isZero();
        for (int control : new int[] {0x38, 0xA0, 0xE0}) {
            assertThat(unit.read32(control)).isEqualTo(1L << 31);
        }
        for (int offset :
                new int[] {0x20, 0x28, 0x80, 0x88, 0x90, 0xB0, 0xC0, 0xC8, 0xD0, 0x400, 0x478, 0x500, 0x508}) {
            assertThat(unit.model.readRegister(offset, 64)).isZero();
        }
        assertThat(unit.bus.complaints).isEmpty();
    }

    @Test
    void capabilitiesOfTheDefaultHardware() {
        long cap = register("", CAP);
        assertThat(cap & 7).as("ND").isEqualTo(6);
        assertThat(cap >>> 8 & 0x1F).as("SAGAW").isEqualTo(0b1110);
        assertThat(cap >>> 16 & 0x3F).as("MGAW").isEqualTo(56);
        assertThat((cap >>> 24 & 0x3FF) * 16).as("FRO").isEqualTo(0x400);
        assertThat(cap >>> 34 & 0xF).as("SLLPS").isEqualTo(3);
        assertThat(cap >>> 39 & 1).as("PSI").isEqualTo(1);
        assertThat(cap >>> 40 & 0xFF).as("NFR").isEqualTo(7);
        assertThat(cap >>> 48 & 0x3F).as("MAMV").isEqualTo(18);
        assertThat(cap >>> 56 & 1).as("FL1GP").isEqualTo(1);
        assertThat(cap >>> 60 & 1).as("FL5LP").isEqualTo(1);
        assertThat(cap & (1 << 4 | 1 << 7 | 1L << 63)).as("RWBF, CM, ESRTPS").isZero();
        long ecap = register("", ECAP);
        assertThat((ecap >>> 8 & 0x3FF) * 16).as("IRO").isEqualTo(0x500);
        assertThat(ecap >>> 35 & 0x1F).as("PSS").isEqualTo(19);
        for (int bit : new int[] {0, 1, 2, 6, 7, 26, 29, 30, 31, 33, 34, 40, 42, 43, 45, 46, 47, 48, 49, 52, 53}) {
            assertThat(ecap >>> bit & 1).as("ECAP bit %d", bit).isEqualTo(1);
        }
        for (int bit : new int[] {3, 4, 25, 41, 44, 51}) {
            assertThat(ecap >>> bit & 1).as("ECAP bit %d", bit).isZero();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "write-buffer-flush=yes, 0x08, 0x10",
        "caching-mode=yes, 0x08, 0x80",
        "superpages=2m, 0x08, 0x100000800000000",
        "superpages=none, 0x08, 0x100000C00000000",
        "esrtps=yes, 0x08, -0x8000000000000000",
        "coherent=no, 0x10, 1",
        "page-walk-coherent=no, 0x10, 0x1000000000000",
        "pass-through=no, 0x10, 0x40",
        "snoop-control=no, 0x10, 0x80",
        "nested=no, 0x10, 0x4000000",
        "first-stage=no, 0x10, 0x800004000000",
        "second-stage=no, 0x10, 0x600004000000",
        "page-requests=no, 0x10, 0x40020000000",
        "device-tlb=no, 0x10, 0x40220000004",
        "execute-requests=no, 0x10, 0x40000000",
        "supervisor-requests=no, 0x10, 0x20000080000000",
        "extended-accessed=no, 0x10, 0x400000000",
        "second-stage-dirty=no, 0x10, 0x200000000000",
        "pasid=no, 0x10, 0x19800000000",
        "fetch-order=any, 0x10, 0"
    })
    void anOptionFlipsItsOwnBitsOnly(String option, int offset, long flipped) {
        assertThat(register(option, offset) ^ register("", offset)).isEqualTo(flipped);
        int other = offset == CAP ? ECAP : CAP;
        assertThat(register(option, other)).isEqualTo(register("", other));
    }

    @ParameterizedTest
    @CsvSource({"4, 47, 6, 0", "3, 47, 2, 0"})
    void fewerLevelsNarrowBothStages(String levels, long mgaw, long sagaw, long fiveLevels) {
        long cap = register("levels=" + levels, CAP);
        assertThat(cap >>> 16 & 0x3F).isEqualTo(mgaw);
        assertThat(cap >>> 8 & 0x1F).isEqualTo(sagaw);
        assertThat(cap >>> 60 & 1).isEqualTo(fiveLevels);
    }

    @Test
    void bringUpGoesThroughStatusBits() {
        unit.queueOn();
        assertThat(unit.read32(GSTS)).isEqualTo(1L << 26);
        unit.model.writeRegister(RTADDR, 64, unit.tables.rootPointer());
        unit.write32(GCMD, 1L << 26 | 1L << 30);
        assertThat(unit.read32(GSTS)).isEqualTo(1L << 30 | 1L << 26);
        unit.write32(GCMD, 1L << 26 | 1L << 31);
        assertThat(unit.read32(GSTS)).isEqualTo(1L << 31 | 1L << 30 | 1L << 26);
        assertThat(unit.read32(GCMD)).isZero();
        unit.write32(GCMD, 1L << 26);
        assertThat(unit.read32(GSTS)).isEqualTo(1L << 30 | 1L << 26);
        assertThat(unit.bus.complaints).isEmpty();
    }

    @Test
    void theRootPointerIsTakenOverBySrtpOnly() {
        unit.start();
        unit.tables.pasidEntry(4 << 6 | 2 << 2 | 1, 5, 0);
        assertThat(unit.dma(0x1000).isFault()).isFalse();
        unit.model.writeRegister(RTADDR, 64, unit.tables.page() | 1 << 10);
        assertThat(unit.dma(0x1000).isFault()).isFalse();
        unit.write32(GCMD, 1L << 31 | 1L << 30 | 1L << 26);
        assertThat(unit.dma(0x1000).faultCode()).isEqualTo(0x39);
    }

    @Test
    void oneCommandPerWrite() {
        unit.model.writeRegister(RTADDR, 64, unit.tables.rootPointer());
        unit.write32(GCMD, 1L << 30 | 1L << 26);
        assertThat(unit.read32(GSTS)).isZero();
        assertThat(unit.bus.complaints).singleElement().asString().contains("several commands");
    }

    @Test
    void aForgottenStateSwitchesItOff() {
        unit.start();
        unit.write32(GCMD, 1L << 26);
        assertThat(unit.read32(GSTS) >>> 31).isZero();
        assertThat(unit.bus.complaints).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {29, 28, 25, 24, 23, 0})
    void commandsThatDoNotExistAreComplainedAbout(int bit) {
        unit.write32(GCMD, 1L << bit);
        assertThat(unit.bus.complaints).hasSize(1);
        assertThat(unit.read32(GSTS)).isZero();
    }

    @Test
    void translationNeedsARootTable() {
        unit.write32(GCMD, 1L << 31);
        assertThat(unit.read32(GSTS)).isZero();
        assertThat(unit.bus.complaints).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(longs = {2 << 10, 1, 1 << 9})
    void reservedRootModesAreRefused(long bits) {
        unit.model.writeRegister(RTADDR, 64, unit.tables.root | bits);
        unit.write32(GCMD, 1L << 30);
        assertThat(unit.read32(GSTS)).isZero();
        assertThat(unit.bus.complaints).hasSize(1);
    }

    @Test
    void theRootModeIsFixedWhileTranslationIsOn() {
        unit.start();
        unit.model.writeRegister(RTADDR, 64, unit.tables.root | 3 << 10);
        unit.write32(GCMD, 1L << 31 | 1L << 30 | 1L << 26);
        assertThat(unit.bus.complaints).singleElement().asString().contains("TTM");
        assertThat(unit.dma(0x1000).faultCode()).isEqualTo(0x59);
    }

    @Test
    void theWriteBufferIsFlushedOnlyWhereThereIsOne() {
        unit.write32(GCMD, 1L << 27);
        assertThat(unit.bus.writeBufferFlushes).isZero();
        assertThat(unit.model.postedWrites()).isFalse();
        TestUnit posted = new TestUnit(Map.of("write-buffer-flush", "yes"));
        posted.write32(GCMD, 1L << 27);
        assertThat(posted.bus.writeBufferFlushes).isEqualTo(1);
        assertThat(posted.read32(GSTS)).isZero();
        assertThat(posted.model.postedWrites()).isTrue();
    }

    @Test
    void settingTheRootFlushesWhereTheHardwareSaysSo() {
        unit.start();
        assertThat(unit.bus.submitted).isEmpty();
        TestUnit flushing = new TestUnit(Map.of("esrtps", "yes"));
        flushing.model.writeRegister(RTADDR, 64, flushing.tables.rootPointer());
        flushing.write32(GCMD, 1L << 30);
        assertThat(flushing.bus.submitted).hasSize(1);
        assertThat(flushing.bus.observed).isEmpty();
        flushing.read32(GSTS);
        assertThat(flushing.bus.observed).containsExactly(0);
        assertThat(flushing.bus.submitted.get(0).covers(VtdCaches.PASID, 0, 0, 0))
                .isTrue();
        assertThat(flushing.bus.submitted.get(0).covers(VtdCaches.DEVICE_TLB, 0, 0, 4096))
                .isFalse();
    }

    @Test
    void wideRegistersMayBeAccessedInHalves() {
        unit.write32(RTADDR, 0x2345_6400L);
        unit.write32(RTADDR + 4, 1);
        assertThat(unit.model.readRegister(RTADDR, 64)).isEqualTo(0x1_2345_6400L);
        assertThat(unit.read32(RTADDR)).isEqualTo(0x2345_6400L);
        assertThat(unit.read32(RTADDR + 4)).isEqualTo(1);
        assertThat(unit.read32(CAP + 4)).isEqualTo(unit.model.readRegister(CAP, 64) >>> 32);
    }

    @Test
    void theDoorbellMayBeWrittenInHalves() {
        unit.start();
        unit.put(1 << 4 | 2, 0);
        unit.write32(0x88, 32);
        unit.write32(0x8C, 0);
        assertThat(unit.bus.submitted).hasSize(1);
        assertThat(unit.bus.complaints).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(longs = {0x00, 0x08, 0x10, 0x1C, 0x80, 0xB0, 0xB4})
    void readOnlyRegistersStay(long offset) {
        long before = unit.model.readRegister(offset & -8L, 64);
        unit.write32(offset, 0xFFFF_FFFFL);
        assertThat(unit.model.readRegister(offset & -8L, 64)).isEqualTo(before);
        assertThat(unit.bus.submitted).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"0x48, 64", "0x78, 32", "0x600, 64", "0x81, 32", "0x84, 64", "0x20, 16", "-8, 64"})
    void accessesBesidesRegistersAreComplainedAbout(long offset, int bits) {
        assertThat(unit.model.readRegister(offset, bits)).isZero();
        unit.model.writeRegister(offset, bits, -1);
        assertThat(unit.bus.complaints).hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(longs = {0x18, 0x30, 0x38, 0x98, 0xD8})
    void pairsOfNarrowRegistersAreNotWrittenAtOnce(long offset) {
        unit.model.writeRegister(offset, 64, -1);
        assertThat(unit.bus.complaints).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(longs = {0x28, 0x500, 0x508})
    void registersThatInvalidatedAreGone(long offset) {
        unit.model.writeRegister(offset, 64, 1L << 63);
        assertThat(unit.bus.complaints).singleElement().asString().contains("use the queue");
        assertThat(unit.model.readRegister(offset, 64)).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {0x38, 0xA0, 0xE0})
    void interruptRegistersHoldWhatIsWritten(int control) {
        unit.write32(control, 0);
        unit.write32(control + 4, 0x41);
        unit.write32(control + 8, 0xFEE0_0003L);
        unit.write32(control + 12, 7);
        assertThat(unit.read32(control)).isZero();
        assertThat(unit.read32(control + 4)).isEqualTo(0x41);
        assertThat(unit.read32(control + 8)).isEqualTo(0xFEE0_0000L);
        assertThat(unit.read32(control + 12)).isEqualTo(7);
    }
}
