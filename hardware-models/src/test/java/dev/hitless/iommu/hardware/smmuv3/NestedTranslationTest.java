package dev.hitless.iommu.hardware.smmuv3;

import static dev.hitless.iommu.hardware.smmuv3.StreamTableTest.assertFault;
import static org.assertj.core.api.Assertions.assertThat;

import dev.hitless.iommu.hardware.FaultClass;
import dev.hitless.iommu.hardware.Translation;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Guest structures sit at guest addresses 0x10000 (CD), 0x20000 to 0x23000 (tables); data at 0x40000. */
class NestedTranslationTest {
    private static final long VMID = 0x42;
    private static final long ASID = 0x7;
    private static final long GUEST_CD = 0x1_0000;
    private static final long GUEST_TABLE = 0x2_0000;
    private static final long GUEST_DATA = 0x4_0000;

    private final SmmuBench bench = SmmuBench.running();
    private final RecordingReader reader = new RecordingReader(bench.bus);
    private final long root = bench.allocate();
    private final long hostCd = bench.allocate();
    private final long hostTables = bench.bus.allocate(4 * 4096, true);

    @BeforeEach
    void buildGuest() {
        bench.ste(
                SmmuBench.SID,
                SmmuBench.STE_VALID | SmmuBench.STE_NESTED | GUEST_CD,
                SmmuBench.STE_S1_WALK,
                SmmuBench.STE2_STAGE2 | VMID,
                root);
        bench.map(root, 0, GUEST_CD, 3, hostCd | SmmuBench.S2_PAGE);
        bench.words(hostCd, SmmuBench.CD_STAGE1 | ASID << 48, GUEST_TABLE, 0, 0xFF);
        for (int level = 0; level < 4; level++) {
            bench.map(root, 0, GUEST_TABLE + level * 0x1000L, 3, hostTables + level * 0x1000L | SmmuBench.S2_PAGE);
            bench.bus.write64(hostTables + level * 0x1000L, GUEST_TABLE + (level + 1) * 0x1000L | 3);
        }
        bench.bus.write64(hostTables + 3 * 0x1000L, GUEST_DATA | SmmuBench.S1_PAGE);
        bench.map(root, 0, GUEST_DATA, 3, 0x9000 | SmmuBench.S2_PAGE);
    }

    private Translation read(long iova) {
        return bench.translate(reader, SmmuBench.NO_PASID, iova);
    }

    @Test
    void everyStageOneAccessGoesThroughStageTwo() {
        Translation out = read(0x10);
        assertThat(out.output(0x10)).isEqualTo(0x9010);
        assertThat(out.tag()).isEqualTo(VMID << 16 | ASID);
        // CD, four tables and the page: six walks of stage 2 with four levels each; four stage-1 descriptors.
        assertThat(reader.fetched)
                .filteredOn(kind -> kind.name().equals("table descriptor"))
                .hasSize(6 * 4 + 4);
        assertThat(reader.kept)
                .filteredOn(kept -> kept.cache().equals(Smmuv3Caches.STAGE2_LEAF))
                .extracting(RecordingReader.Kept::first)
                .containsExactly(GUEST_CD, GUEST_TABLE, 0x2_1000L, 0x2_2000L, 0x2_3000L, GUEST_DATA);
        assertThat(reader.kept)
                .filteredOn(kept -> kept.cache().equals(Smmuv3Caches.STAGE1_LEAF))
                .hasSize(1);
    }

    @Test
    void thePageIsTheSmallerOfBothStages() {
        bench.bus.write64(hostTables + 0x2000, (GUEST_DATA & -0x20_0000L) | (SmmuBench.S1_PAGE & ~2L));
        Translation out = read(GUEST_DATA + 5);
        assertThat(out.pageBytes()).isEqualTo(4096);
        assertThat(out.output(GUEST_DATA + 5)).isEqualTo(0x9005);
    }

    @Test
    void permissionsAreThoseThatBothStagesGive() {
        bench.map(root, 0, GUEST_DATA, 3, 0x9000 | (SmmuBench.S2_PAGE & ~(1L << 7)));
        assertThat(read(0).permissions()).isEqualTo(5);
        bench.bus.write64(hostTables + 3 * 0x1000L, GUEST_DATA | 1L << 54 | SmmuBench.S1_PAGE);
        assertThat(read(0).permissions()).isEqualTo(1);
    }

    @Test
    void aStructureThatStageTwoDoesNotMapFaultsThere() {
        bench.map(root, 0, GUEST_CD, 3, 0);
        assertFault(read(0), FaultClass.NOT_MAPPED, 0x10);
        assertThat(reader.kept(Smmuv3Caches.CD)).isFalse();
        bench.map(root, 0, GUEST_CD, 3, hostCd | SmmuBench.S2_PAGE);
        bench.map(root, 0, GUEST_TABLE, 3, hostTables | (SmmuBench.S2_PAGE & ~(1L << 6)));
        assertFault(read(0), FaultClass.PERMISSION, 0x13);
    }

    @Test
    void protectedWalksRefuseDeviceMemory() {
        bench.map(root, 0, GUEST_TABLE, 3, hostTables | (SmmuBench.S2_PAGE & ~(0xFL << 2)));
        assertThat(read(0).isFault()).isFalse();
        bench.bus.write64(bench.level2StreamTable + SmmuBench.SID * 64L + 16, SmmuBench.STE2_STAGE2 | VMID | 1L << 54);
        assertFault(read(0), FaultClass.PERMISSION, 0x13);
    }

    @Test
    void theGuestPageMustBeMappedByStageTwo() {
        bench.map(root, 0, GUEST_DATA, 3, 0);
        assertFault(read(0), FaultClass.NOT_MAPPED, 0x10);
    }

    @Test
    void streamsWithoutSubstreamMaySkipStageOneOnly() {
        bench.ste(
                SmmuBench.SID,
                SmmuBench.STE_VALID | SmmuBench.STE_NESTED | GUEST_CD | 6L << 59,
                SmmuBench.STE_S1_WALK | SmmuBench.S1DSS_BYPASS,
                SmmuBench.STE2_STAGE2 | VMID,
                root);
        Translation out = read(GUEST_DATA);
        assertThat(out.output(GUEST_DATA)).isEqualTo(0x9000);
        assertThat(out.tag()).isEqualTo(3L << 34 | VMID << 16);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void strwIsIgnoredBehindStageTwo(long strw) {
        bench.bus.write64(bench.level2StreamTable + SmmuBench.SID * 64L + 8, SmmuBench.STE_S1_WALK | strw << 30);
        assertThat(read(0).tag()).isEqualTo(VMID << 16 | ASID);
    }
}
