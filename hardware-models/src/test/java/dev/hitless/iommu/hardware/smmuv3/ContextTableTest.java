package dev.hitless.iommu.hardware.smmuv3;

import static dev.hitless.iommu.hardware.smmuv3.StreamTableTest.assertFault;
import static org.assertj.core.api.Assertions.assertThat;

import dev.hitless.iommu.hardware.FaultClass;
import dev.hitless.iommu.hardware.Translation;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ContextTableTest {
    private static final long LINEAR_6 = 6L << 59;
    private static final long LEAVES_4K_10 = 1L << 4 | 10L << 59;
    private static final long LEAVES_64K_20 = 2L << 4 | 20L << 59;

    private final SmmuBench bench = SmmuBench.running();
    private final RecordingReader reader = new RecordingReader(bench.bus);
    private long contexts;
    private long table;

    @BeforeEach
    void mapOnePage() {
        contexts = bench.bus.allocate(1024 * 64, true);
        table = bench.allocate();
        bench.map(table, 0, 0x1000, 3, 0x5000 | SmmuBench.S1_PAGE);
    }

    private void ste(long dw0, long dw1) {
        bench.ste(SmmuBench.SID, SmmuBench.STE_VALID | SmmuBench.STE_S1 | dw0, SmmuBench.STE_S1_WALK | dw1);
    }

    private void context(int index, long dw0) {
        bench.words(contexts + index * 64L, dw0, table, 0, 0xFF);
    }

    @Test
    void aLinearTableIsIndexedBySubstreamId() {
        ste(contexts | LINEAR_6, SmmuBench.S1DSS_SUBSTREAM_0);
        context(63, SmmuBench.CD_STAGE1 | 9L << 48);
        Translation out = bench.translate(reader, 63, 0x1234);
        assertThat(out.output(0x1234)).isEqualTo(0x5234);
        assertThat(out.tag()).isEqualTo(9);
        assertThat(reader.structuresKept())
                .containsExactly("L1STD", "STE", "CD", "table descriptor", "table descriptor", "table descriptor");
        assertThat(reader.kept.get(2).tag()).isEqualTo(63L << 32 | SmmuBench.SID);
        assertThat(reader.asked).containsEntry("CD", "013");
    }

    @Test
    void aTableOfLeavesOf4KiloBytesHas64DescriptorsEach() {
        long level1 = bench.allocate();
        ste(level1 | LEAVES_4K_10, 0);
        bench.bus.write64(level1 + 8 * 5, contexts | 1);
        context(7, SmmuBench.CD_STAGE1);
        assertThat(bench.translate(reader, 5 << 6 | 7, 0x1000).output(0x1000)).isEqualTo(0x5000);
        assertThat(reader.kept.get(2).structure()).isEqualTo("L1CD");
        assertThat(reader.kept.get(2).tag()).isEqualTo(6L << 52 | (5L << 6) << 32 | SmmuBench.SID);
    }

    @Test
    void aTableOfLeavesOf64KiloBytesHas1024DescriptorsEach() {
        long level1 = bench.bus.allocate(8192, true);
        ste(level1 | LEAVES_64K_20, 0);
        bench.bus.write64(level1 + 8 * 0x3FF, contexts | 1);
        context(1023, SmmuBench.CD_STAGE1);
        assertThat(bench.translate(reader, 0xF_FFFF, 0x1000).output(0x1000)).isEqualTo(0x5000);
        assertThat(reader.kept.get(2).tag()).isEqualTo(10L << 52 | (0x3FFL << 10) << 32 | SmmuBench.SID);
    }

    @Test
    void anInvalidLevelOneDescriptorBlocksAndMayBeKept() {
        long level1 = bench.allocate();
        ste(level1 | LEAVES_4K_10, 0);
        assertFault(bench.translate(reader, 1, 0x1000), FaultClass.BLOCKED, 0x08);
        assertThat(reader.structuresKept()).containsExactly("L1STD", "STE", "L1CD");
    }

    @Test
    void aLevelOnePointerBeyondTheOutputSizeIsIllegal() {
        long level1 = bench.allocate();
        ste(level1 | LEAVES_4K_10, 0);
        bench.bus.write64(level1, 1L << 48 | 1);
        assertFault(bench.translate(reader, 1, 0x1000), FaultClass.ILLEGAL_ENTRY, 0x08);
    }

    @Test
    void noMemoryAtALevelOneDescriptorOrADescriptorIsAFailedFetch() {
        ste(0x7000_0000L | LEAVES_4K_10, 0);
        assertFault(bench.translate(reader, 1, 0x1000), FaultClass.ACCESS, 0x09);
        ste(0x7000_0000L | LINEAR_6, 0);
        assertFault(bench.translate(reader, 1, 0x1000), FaultClass.ACCESS, 0x09);
        assertThat(reader.kept(Smmuv3Caches.L1CD)).isFalse();
        assertThat(reader.kept(Smmuv3Caches.CD)).isFalse();
    }

    @Test
    void aSubstreamIdBeyondTheTableIsRefusedWithoutAFetch() {
        ste(contexts | LINEAR_6, 0);
        assertFault(bench.translate(reader, 64, 0x1000), FaultClass.BLOCKED, 0x08);
        assertThat(reader.asked).doesNotContainKey("CD");
    }

    @Test
    void withOneDescriptorThereAreNoSubstreamsAndS1DssIsIgnored() {
        ste(contexts, 0);
        context(0, SmmuBench.CD_STAGE1);
        assertFault(bench.translate(reader, 0, 0x1000), FaultClass.BLOCKED, 0x08);
        assertThat(bench.translate(reader, SmmuBench.NO_PASID, 0x1000).isFault())
                .isFalse();
    }

    @Test
    void requestsWithoutSubstreamIdGoWhereS1DssSays() {
        context(0, SmmuBench.CD_STAGE1);
        ste(contexts | LINEAR_6, SmmuBench.S1DSS_SUBSTREAM_0);
        assertThat(bench.translate(SmmuBench.NO_PASID, 0x1000).output(0x1000)).isEqualTo(0x5000);
        ste(contexts | LINEAR_6, SmmuBench.S1DSS_BYPASS);
        RecordingReader bypassing = new RecordingReader(bench.bus);
        assertThat(bench.translate(bypassing, SmmuBench.NO_PASID, 0x1000).output(0x1000))
                .isEqualTo(0x1000);
        assertThat(bypassing.asked).doesNotContainKey("CD");
        ste(contexts | LINEAR_6, 0);
        assertFault(bench.translate(SmmuBench.NO_PASID, 0x1000), FaultClass.BLOCKED, 0x06);
        ste(contexts | LINEAR_6, 3);
        assertFault(bench.translate(SmmuBench.NO_PASID, 0x1000), FaultClass.BLOCKED, 0x06);
    }

    @Test
    void substreamIdZeroIsTakenWhereS1DssReservesIt() {
        context(0, SmmuBench.CD_STAGE1);
        ste(contexts | LINEAR_6, SmmuBench.S1DSS_SUBSTREAM_0);
        assertFault(bench.translate(0, 0x1000), FaultClass.BLOCKED, 0x06);
        ste(contexts | LINEAR_6, SmmuBench.S1DSS_BYPASS);
        assertThat(bench.translate(0, 0x1000).isFault()).isFalse();
    }

    @Test
    void anInvalidDescriptorBlocksByItsFirstWordAndMayBeKept() {
        ste(contexts | LINEAR_6, 0);
        bench.words(contexts + 64, SmmuBench.CD_STAGE1 & ~(1L << 31), -1, -1, -1);
        assertFault(bench.translate(reader, 1, 0x1000), FaultClass.BLOCKED, 0x0A);
        assertThat(reader.structuresKept()).containsExactly("L1STD", "STE", "CD");
        assertThat(reader.asked).containsEntry("CD", "0");
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "AArch32, ats=yes, 0x20000000000",
        "big endian, ats=yes, 0x8000",
        "HA, ats=yes, 0x40000000000",
        "HD, ats=yes, 0x80000000000",
        "A=0, ats=yes, 0x400000000000",
        "S where there are no stalls, stall-model=terminate, 0x100000000000",
        "S missing where stalls are forced, stall-model=forced, 0",
        "ASID of 16 bits, asid16=no, 0x0100000000000000",
        "T0SZ 0, ats=yes, 0x10",
        "T0SZ 48, ats=yes, 0x20",
        "64K granule, ats=yes, 0x40",
        "upper half enabled without T1SZ, ats=yes, 0x40000000",
    })
    void aDescriptorThatTheSpecificationCallsIllegalIsRefused(String what, String option, String flipped) {
        String[] pair = option.split("=");
        SmmuBench odd = SmmuBench.running(pair[0], pair[1]);
        odd.singleContext(1);
        long descriptor = odd.bus.read64(odd.level2StreamTable + SmmuBench.SID * 64L) & ~0x3FL;
        odd.bus.write64(descriptor, odd.bus.read64(descriptor) ^ Long.decode(flipped));
        RecordingReader plain = new RecordingReader(odd.bus);
        assertFault(odd.translate(plain, SmmuBench.NO_PASID, 0), FaultClass.ILLEGAL_ENTRY, 0x0A);
        assertThat(plain.structuresKept()).containsExactly("L1STD", "STE", "CD");
    }

    @Test
    void stallingIsIllegalWhereTheStreamForbidsIt() {
        ste(contexts | LINEAR_6, 1L << 27);
        context(1, SmmuBench.CD_STAGE1 | 1L << 44);
        assertFault(bench.translate(1, 0x1000), FaultClass.ILLEGAL_ENTRY, 0x0A);
    }

    @Test
    void aTableBaseBeyondTheIntermediateSizeIsIllegal() {
        ste(contexts | LINEAR_6, 0);
        bench.words(contexts + 64, SmmuBench.CD_STAGE1 & ~(7L << 32), 1L << 32, 0, 0);
        assertFault(bench.translate(1, 0x1000), FaultClass.ILLEGAL_ENTRY, 0x0A);
    }

    @Test
    void hardwareAccessFlagInTablesWithoutHardwareAccessFlagIsIllegal() {
        ste(contexts | LINEAR_6, 0);
        bench.words(contexts + 64, SmmuBench.CD_STAGE1, table | 1 << 3, 0, 0);
        assertFault(bench.translate(1, 0x1000), FaultClass.ILLEGAL_ENTRY, 0x0A);
    }

    @Test
    void withBothHalvesDisabledOnlyTheFirstWordCounts() {
        ste(contexts | LINEAR_6, 0);
        bench.words(contexts + 64, SmmuBench.CD_STAGE1 | 1L << 14 | 0x3F, -1, -1, -1);
        assertFault(bench.translate(reader, 1, 0x1000), FaultClass.BLOCKED, 0x10);
        assertThat(reader.asked).containsEntry("CD", "0");
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 0xD0, 0xC4, 0x14})
    void descriptorsSnoopAsTheStreamSays(long attributes) {
        bench.ste(SmmuBench.SID, SmmuBench.STE_VALID | SmmuBench.STE_S1 | contexts, attributes);
        context(0, SmmuBench.CD_STAGE1);
        bench.translate(reader, SmmuBench.NO_PASID, 0x1000);
        assertThat(reader.fetched)
                .filteredOn(kind -> kind.name().equals("CD"))
                .hasSize(1)
                .noneMatch(kind -> kind.snooped());
        assertThat(reader.fetched)
                .filteredOn(kind -> kind.name().equals("table descriptor"))
                .hasSize(4)
                .allMatch(kind -> kind.snooped());
    }
}
