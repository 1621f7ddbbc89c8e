package dev.hitless.iommu.hardware.smmuv3;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hitless.iommu.hardware.DmaRequest;
import dev.hitless.iommu.hardware.FaultClass;
import dev.hitless.iommu.hardware.Translation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StreamTableTest {
    private final SmmuBench bench = SmmuBench.running();
    private final RecordingReader reader = new RecordingReader(bench.bus);

    @Test
    void aStreamBeyondTheTableHasNoEntry() {
        Translation out = bench.translate(reader, new DmaRequest(0x1_0000, -1, 0, false, false));
        assertFault(out, FaultClass.BLOCKED, 0x02);
        assertThat(reader.fetched).isEmpty();
    }

    @Test
    void aStreamIdOfThirtyTwoBitsIsUnsigned() {
        SmmuBench wide = SmmuBench.reset("stream-id-bits", "32");
        wide.write64(SmmuBench.STRTAB_BASE, wide.level1StreamTable);
        wide.write(SmmuBench.STRTAB_BASE_CFG, 1 << 16 | 8 << 6 | 32);
        wide.write(SmmuBench.CR0, SmmuBench.SMMUEN);
        RecordingReader far = new RecordingReader(wide.bus);
        Translation out = wide.translate(far, new DmaRequest(0xFFFF_FFFF, -1, 0, false, false));
        assertFault(out, FaultClass.ACCESS, 0x03);
        assertThat(far.fetched).extracting("name").containsExactly("L1STD");
    }

    @Test
    void aDescriptorWithSpanZeroHasNoEntriesAndMayBeKept() {
        Translation out = bench.translate(reader, new DmaRequest(0x100, -1, 0, false, false));
        assertFault(out, FaultClass.BLOCKED, 0x02);
        assertThat(reader.structuresKept()).containsExactly("L1STD");
        assertThat(reader.kept.get(0).tag()).isEqualTo(0x100 | 8L << 52);
    }

    @Test
    void anEntryBeyondTheSpanDoesNotExist() {
        bench.bus.write64(bench.level1StreamTable, bench.level2StreamTable | 5);
        bench.ste(0xF, SmmuBench.STE_VALID | SmmuBench.STE_BYPASS);
        bench.ste(0x10, SmmuBench.STE_VALID | SmmuBench.STE_BYPASS);
        assertThat(bench.translate(reader, new DmaRequest(0xF, -1, 0x1000, false, false))
                        .isFault())
                .isFalse();
        assertFault(bench.translate(reader, new DmaRequest(0x10, -1, 0x1000, false, false)), FaultClass.BLOCKED, 0x02);
    }

    @Test
    void noMemoryAtTheTableIsAFailedFetchThatNothingKeeps() {
        bench.bus.write64(bench.level1StreamTable, 0x7000_0000L | 9);
        assertFault(bench.translate(reader, SmmuBench.NO_PASID, 0), FaultClass.ACCESS, 0x03);
        assertThat(reader.structuresKept()).containsExactly("L1STD");
    }

    @Test
    void aPointerBeyondTheOutputSizeIsIllegal() {
        bench.bus.write64(bench.level1StreamTable, 1L << 49 | 9);
        assertFault(bench.translate(reader, SmmuBench.NO_PASID, 0), FaultClass.ILLEGAL_ENTRY, 0x02);
    }

    @Test
    void aLinearTableIsIndexedByTheStreamId() {
        SmmuBench linear = SmmuBench.reset("two-level-stream-table", "no");
        linear.write64(SmmuBench.STRTAB_BASE, linear.level2StreamTable);
        linear.write(SmmuBench.STRTAB_BASE_CFG, 8);
        linear.write(SmmuBench.CR0, SmmuBench.SMMUEN);
        linear.ste(0xFF, SmmuBench.STE_VALID | SmmuBench.STE_BYPASS);
        RecordingReader plain = new RecordingReader(linear.bus);
        Translation out = linear.translate(plain, new DmaRequest(0xFF, -1, 0x1234, false, false));
        assertThat(out.output(0x1234)).isEqualTo(0x1234);
        assertThat(plain.fetched).extracting("name").containsExactly("STE");
    }

    @Test
    void anInvalidEntryBlocksAndMayBeKept() {
        assertFault(bench.translate(reader, SmmuBench.NO_PASID, 0), FaultClass.BLOCKED, 0x04);
        assertThat(reader.structuresKept()).containsExactly("L1STD", "STE");
        assertThat(reader.asked).containsEntry("STE", "0");
    }

    @ParameterizedTest
    @CsvSource({"0", "1", "2", "3"})
    void anAbortingEntryBlocksSilentlyByItsFirstWord(long config) {
        bench.ste(SmmuBench.SID, SmmuBench.STE_VALID | config << 1, -1, -1, -1);
        assertFault(bench.translate(reader, SmmuBench.NO_PASID, 0), FaultClass.BLOCKED, 0);
        assertThat(reader.asked).containsEntry("STE", "0");
    }

    @Test
    void bypassLooksAtNothingBeyondTheSecondWord() {
        bench.ste(SmmuBench.SID, SmmuBench.STE_VALID | SmmuBench.STE_BYPASS, 1L << 44, -1, -1);
        Translation out = bench.translate(reader, SmmuBench.NO_PASID, 0x1234_5678);
        assertThat(out.output(0x1234_5678)).isEqualTo(0x1234_5678);
        assertThat(out.permissions()).isEqualTo(7);
        assertThat(out.cache()).isNull();
        assertThat(reader.asked).containsEntry("STE", "01");
        assertThat(reader.lookups).isEmpty();
    }

    @Test
    void bypassLooksAtTheFirstWordOnlyWhereAttributesCannotBeOverridden() {
        SmmuBench fixed = SmmuBench.running("attribute-override", "no");
        fixed.ste(SmmuBench.SID, SmmuBench.STE_VALID | SmmuBench.STE_BYPASS, -1);
        RecordingReader plain = new RecordingReader(fixed.bus);
        assertThat(fixed.translate(plain, SmmuBench.NO_PASID, 0).isFault()).isFalse();
        assertThat(plain.asked).containsEntry("STE", "0");
    }

    @Test
    void shareabilityOfBypassShowsInTheAttributes() {
        bench.ste(SmmuBench.SID, SmmuBench.STE_VALID | SmmuBench.STE_BYPASS, 1L << 44);
        long incoming = bench.translate(SmmuBench.NO_PASID, 0).attributes();
        bench.ste(SmmuBench.SID, SmmuBench.STE_VALID | SmmuBench.STE_BYPASS, 0);
        assertThat(bench.translate(SmmuBench.NO_PASID, 0).attributes()).isNotEqualTo(incoming);
    }

    @Test
    void bypassEndsAtTheOutputSize() {
        bench.ste(SmmuBench.SID, SmmuBench.STE_VALID | SmmuBench.STE_BYPASS);
        assertFault(bench.translate(reader, SmmuBench.NO_PASID, 1L << 48), FaultClass.NOT_MAPPED, 0x11);
    }

    @Test
    void bypassHasNoSubstreams() {
        bench.ste(SmmuBench.SID, SmmuBench.STE_VALID | SmmuBench.STE_BYPASS);
        assertFault(bench.translate(reader, 5, 0), FaultClass.BLOCKED, 0x08);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "S1Fmt without CD2L, two-level-cd=no, 0x1b, 0, 0",
        "S1CDMax beyond SSIDSIZE, substream-id-bits=8, 0x480000000000000b, 0, 0",
        "no stage 1, stage1=no, 0xb, 0, 0",
        "no stage 2, stage2=no, 0xd, 0, 0x040d359000000000",
        "context table beyond 40 bits, output-bits=40, 0x000001000000000b, 0, 0",
        "split-stage ATS, ats=yes, 0xb, 0x20000000, 0",
        "DPT, ats=yes, 0xb, 0x30000000, 0",
        "S1STALLD where stalls are forced, stall-model=forced, 0xb, 0x08000000, 0",
        "S1STALLD where there are no stalls, stall-model=terminate, 0xb, 0x08000000, 0",
        "STRW 1, hyp=yes, 0xb, 0x40000000, 0",
        "STRW 3, hyp=yes, 0xb, 0xc0000000, 0",
        "STRW EL2 without HYP, hyp=no, 0xb, 0x80000000, 0",
        "VMID of 16 bits, vmid16=no, 0xb, 0, 0x100",
        "S2AA64=0, ats=yes, 0xd, 0, 0x0405359000000000",
        "S2ENDI, ats=yes, 0xd, 0, 0x041d359000000000",
        "S2TG 64K, ats=yes, 0xd, 0, 0x040d759000000000",
        "S2HD, ats=yes, 0xd, 0, 0x048d359000000000",
        "S2S where there are no stalls, stall-model=terminate, 0xd, 0, 0x060d359000000000",
        "S2S missing where stalls are forced, stall-model=forced, 0xd, 0, 0x040d359000000000",
        "S2S with full ATS, ats=yes, 0xd, 0x10000000, 0x060d359000000000",
        "S2FWB without FWB, ats=yes, 0xd, 0x02000000, 0x040d359000000000",
        "S2SL0 3, ats=yes, 0xd, 0, 0x040d35d000000000",
        "S2T0SZ too small for level 1, ats=yes, 0xd, 0, 0x040d355000000000",
        "S2T0SZ beyond OAS, output-bits=40, 0xd, 0, 0x040d359000000000",
    })
    void anEntryThatTheSpecificationCallsIllegalIsRefused(
            String what, String option, String dw0, String dw1, String dw2) {
        String[] pair = option.split("=");
        SmmuBench odd = SmmuBench.running(pair[0], pair[1]);
        odd.ste(SmmuBench.SID, Long.decode(dw0), Long.decode(dw1), Long.decode(dw2), 0x10_0000);
        RecordingReader plain = new RecordingReader(odd.bus);
        assertFault(odd.translate(plain, SmmuBench.NO_PASID, 0), FaultClass.ILLEGAL_ENTRY, 0x04);
        assertThat(plain.structuresKept()).containsExactly("L1STD", "STE");
    }

    @Test
    void aRootOfStageTwoBeyondTheOutputSizeIsIllegal() {
        bench.ste(SmmuBench.SID, SmmuBench.STE_VALID | SmmuBench.STE_S2, 0, SmmuBench.STE2_STAGE2, 1L << 48);
        assertFault(bench.translate(reader, SmmuBench.NO_PASID, 0), FaultClass.ILLEGAL_ENTRY, 0x04);
    }

    @Test
    void fieldsOfAnAbsentStageAreIgnored() {
        long table = bench.singleContext(7);
        bench.map(table, 0, 0x1000, 3, 0x5000 | SmmuBench.S1_PAGE);
        long descriptor = bench.bus.read64(bench.level2StreamTable + SmmuBench.SID * 64L);
        // Garbage in everything of stage 2 but S2VMID.
        bench.ste(SmmuBench.SID, descriptor, SmmuBench.STE_S1_WALK, 0xFFFF_FFFF_FFFF_0000L, -1);
        assertThat(bench.translate(reader, SmmuBench.NO_PASID, 0x1000).output(0x1000))
                .isEqualTo(0x5000);
        assertThat(reader.asked).containsEntry("STE", "012");
    }

    @Test
    void theVmidOfAnEl2StreamIsNotLookedAt() {
        long table = bench.singleContext(7);
        bench.map(table, 0, 0x1000, 3, 0x5000 | SmmuBench.S1_PAGE);
        long descriptor = bench.bus.read64(bench.level2StreamTable + SmmuBench.SID * 64L);
        bench.ste(SmmuBench.SID, descriptor, SmmuBench.STE_S1_WALK | 2L << 30, -1, -1);
        assertThat(bench.translate(reader, SmmuBench.NO_PASID, 0x1000).isFault())
                .isFalse();
        assertThat(reader.asked).containsEntry("STE", "01");
    }

    @Test
    void structuresSnoopOnlyWithCacheableShareableAttributes() {
        bench.translate(reader, SmmuBench.NO_PASID, 0);
        assertThat(reader.fetched).allMatch(kind -> kind.snooped());
        SmmuBench uncached = SmmuBench.reset();
        uncached.write64(SmmuBench.STRTAB_BASE, uncached.level1StreamTable);
        uncached.write(SmmuBench.STRTAB_BASE_CFG, 1 << 16 | 8 << 6 | 16);
        uncached.write(SmmuBench.CR0, SmmuBench.SMMUEN);
        RecordingReader direct = new RecordingReader(uncached.bus);
        uncached.translate(direct, SmmuBench.NO_PASID, 0);
        assertThat(direct.fetched).hasSize(2).noneMatch(kind -> kind.snooped());
    }

    @Test
    void nothingSnoopsOnIncoherentHardware() {
        SmmuBench incoherent = SmmuBench.running("coherent", "no");
        RecordingReader direct = new RecordingReader(incoherent.bus);
        incoherent.translate(direct, SmmuBench.NO_PASID, 0);
        assertThat(direct.fetched).hasSize(2).noneMatch(kind -> kind.snooped());
    }

    @Test
    void entriesAreReadInPiecesOfTheConfiguredSize() {
        bench.translate(reader, SmmuBench.NO_PASID, 0);
        assertThat(reader.fetched.get(1).quantumWords()).isEqualTo(1);
        SmmuBench pairs = SmmuBench.running("fetch-bits", "128");
        RecordingReader plain = new RecordingReader(pairs.bus);
        pairs.translate(plain, SmmuBench.NO_PASID, 0);
        assertThat(plain.fetched.get(1).quantumWords()).isEqualTo(2);
    }

    static void assertFault(Translation out, FaultClass fault, int code) {
        assertThat(out.faultClass()).as("%s", out).isEqualTo(fault);
        assertThat(out.faultCode()).as("%s", out).isEqualTo(code);
    }
}
