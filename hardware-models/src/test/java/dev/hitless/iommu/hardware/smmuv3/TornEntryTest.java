package dev.hitless.iommu.hardware.smmuv3;

import static dev.hitless.iommu.hardware.smmuv3.StreamTableTest.assertFault;
import static org.assertj.core.api.Assertions.assertThat;

import dev.hitless.iommu.hardware.FaultClass;
import dev.hitless.iommu.hardware.Translation;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the walker makes of entries whose words are of different ages. */
class TornEntryTest {
    private static final long OLD_ASID = 5;
    private static final long NEW_ASID = 6;

    private final SmmuBench bench = SmmuBench.running();
    private final RecordingReader reader = new RecordingReader(bench.bus);
    private long descriptor;
    private long newTable;

    @BeforeEach
    void mapOldAndNewDifferently() {
        long oldTable = bench.singleContext(OLD_ASID);
        descriptor = bench.bus.read64(bench.level2StreamTable + SmmuBench.SID * 64L) & ~0x3FL;
        newTable = bench.allocate();
        bench.map(oldTable, 0, 0, 3, 0x5000 | SmmuBench.S1_PAGE);
        bench.map(newTable, 0, 0, 3, 0x6000 | SmmuBench.S1_PAGE);
    }

    @Test
    void theNewAsidWithTheOldTableFillsTheNewTagWithOldPages() {
        reader.script(descriptor, SmmuBench.CD_STAGE1 | NEW_ASID << 48);
        Translation out = bench.translate(reader, SmmuBench.NO_PASID, 0);
        assertThat(out.output(0)).isEqualTo(0x5000);
        assertThat(out.tag()).isEqualTo(NEW_ASID);
    }

    @Test
    void theOldAsidWithTheNewTableFillsTheOldTagWithNewPages() {
        reader.script(descriptor + 8, newTable);
        Translation out = bench.translate(reader, SmmuBench.NO_PASID, 0);
        assertThat(out.output(0)).isEqualTo(0x6000);
        assertThat(out.tag()).isEqualTo(OLD_ASID);
    }

    @Test
    void theNewTableWithTheOldAttributesShows() {
        bench.map(newTable, 0, 0, 3, 0x6000 | SmmuBench.S1_PAGE | 1 << 2);
        bench.bus.write64(descriptor + 8, newTable);
        long before = bench.translate(SmmuBench.NO_PASID, 0).attributes();
        reader.script(descriptor + 24, 0x44FF);
        assertThat(bench.translate(reader, SmmuBench.NO_PASID, 0).attributes()).isNotEqualTo(before);
    }

    @Test
    void aStageTwoConfigurationWithTheWordsOfStageOneIsIllegal() {
        long ste = bench.level2StreamTable + SmmuBench.SID * 64L;
        reader.script(ste, SmmuBench.STE_VALID | SmmuBench.STE_S2);
        assertFault(bench.translate(reader, SmmuBench.NO_PASID, 0), FaultClass.ILLEGAL_ENTRY, 0x04);
    }

    @Test
    void aStageOneConfigurationWithTheVmidOfStageTwoFillsTheWrongTag() {
        long ste = bench.level2StreamTable + SmmuBench.SID * 64L;
        reader.script(ste + 16, SmmuBench.STE2_STAGE2 | 0x42);
        assertThat(bench.translate(reader, SmmuBench.NO_PASID, 0).tag()).isEqualTo(0x42L << 16 | OLD_ASID);
    }

    @Test
    void aStaleLevelOneDescriptorLeadsToTheOldLeaf() {
        long level1 = bench.allocate();
        long newLeaf = bench.allocate();
        bench.words(newLeaf, SmmuBench.CD_STAGE1 | NEW_ASID << 48, newTable, 0, 0xFF);
        bench.bus.write64(level1, newLeaf | 1);
        bench.ste(
                SmmuBench.SID,
                SmmuBench.STE_VALID | SmmuBench.STE_S1 | level1 | 1 << 4 | 8L << 59,
                SmmuBench.STE_S1_WALK);
        assertThat(bench.translate(0, 0).output(0)).isEqualTo(0x6000);
        reader.script(level1, descriptor | 1);
        Translation stale = bench.translate(reader, 0, 0);
        assertThat(stale.output(0)).isEqualTo(0x5000);
        assertThat(stale.tag()).isEqualTo(OLD_ASID);
    }
}
