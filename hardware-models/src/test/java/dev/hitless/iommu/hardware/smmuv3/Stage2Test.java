package dev.hitless.iommu.hardware.smmuv3;

import static dev.hitless.iommu.hardware.smmuv3.StreamTableTest.assertFault;
import static org.assertj.core.api.Assertions.assertThat;

import dev.hitless.iommu.hardware.FaultClass;
import dev.hitless.iommu.hardware.Translation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class Stage2Test {
    private static final long VMID = 0x42;
    private static final long STAGE2_TAG = 3L << 34 | VMID << 16;

    private final SmmuBench bench = SmmuBench.running();
    private final RecordingReader reader = new RecordingReader(bench.bus);
    private final long root = bench.allocate();

    private void stage2(long dw2) {
        bench.ste(SmmuBench.SID, SmmuBench.STE_VALID | SmmuBench.STE_S2, 0, dw2 | VMID, root);
    }

    private Translation read(long iova) {
        return bench.translate(reader, SmmuBench.NO_PASID, iova);
    }

    @Test
    void aPageIsTranslatedAndTaggedWithItsVmidInAWorldOfItsOwn() {
        stage2(SmmuBench.STE2_STAGE2);
        bench.map(root, 0, 0x1234_5000, 3, 0x9000 | SmmuBench.S2_PAGE);
        Translation out = read(0x1234_5678);
        assertThat(out.output(0x1234_5678)).isEqualTo(0x9678);
        assertThat(out.tag()).isEqualTo(STAGE2_TAG);
        assertThat(reader.lookups).containsExactly(STAGE2_TAG);
        assertThat(reader.kept(Smmuv3Caches.STAGE2_WALK)).isTrue();
        assertThat(reader.kept(Smmuv3Caches.STAGE2_LEAF)).isFalse();
        assertThat(reader.asked).containsEntry("STE", "0123").doesNotContainKey("CD");
    }

    @ParameterizedTest
    @CsvSource({"24, 2, 0", "25, 1, 1", "21, 1, 1", "33, 1, 1", "34, 0, 2", "30, 0, 2", "39, 0, 2"})
    void rootTablesMayStandSideBySide(int t0sz, long sl0, int level) {
        long tables = bench.bus.allocate(16 * 4096, true);
        bench.ste(
                SmmuBench.SID,
                SmmuBench.STE_VALID | SmmuBench.STE_S2,
                0,
                SmmuBench.STE2_STAGE2 & ~(0xFFL << 32) | (long) t0sz << 32 | sl0 << 38 | VMID,
                tables);
        long top = (1L << 64 - t0sz) - 4096;
        int shift = 39 - 9 * level;
        long next = bench.allocate();
        bench.bus.write64(tables + (top >>> shift) * 8, next | 3);
        bench.map(next, level + 1, top, 3, 0x9000 | SmmuBench.S2_PAGE);
        assertThat(read(top + 4).output(top + 4)).isEqualTo(0x9004);
        assertFault(read(1L << 64 - t0sz), FaultClass.NOT_MAPPED, 0x10);
    }

    @Test
    void faultsAreThoseOfTheDescriptors() {
        stage2(SmmuBench.STE2_STAGE2);
        assertFault(read(0), FaultClass.NOT_MAPPED, 0x10);
        bench.bus.write64(root, 0x7000_0000L | 3);
        assertFault(read(0), FaultClass.ACCESS, 0x0B);
        bench.bus.write64(root, 1);
        assertFault(read(0), FaultClass.ILLEGAL_ENTRY, 0x10);
        bench.bus.write64(root, 0);
        bench.map(root, 0, 0, 3, 0x9000 | (SmmuBench.S2_PAGE & ~(1L << 10)));
        assertFault(read(0), FaultClass.PERMISSION, 0x12);
        stage2(SmmuBench.STE2_STAGE2 | 1L << 53);
        assertThat(read(0).isFault()).isFalse();
        stage2(SmmuBench.STE2_STAGE2 & ~(7L << 48));
        bench.map(root, 0, 0, 3, 1L << 32 | SmmuBench.S2_PAGE);
        assertFault(read(0), FaultClass.ILLEGAL_ENTRY, 0x11);
    }

    @ParameterizedTest
    @CsvSource({"0x40, 5", "0x80, 6", "0xC0, 7", "0x00, 4", "0x00400000000000C0, 3"})
    void permissionsComeFromTheLeaf(String bits, int permissions) {
        stage2(SmmuBench.STE2_STAGE2);
        bench.map(root, 0, 0, 3, 0x9000 | (SmmuBench.S2_PAGE & ~0xC0L) | Long.decode(bits));
        assertThat(read(0).permissions()).isEqualTo(permissions);
    }

    @Test
    void attributesShowMemoryTypeAndForcedWriteBack() {
        SmmuBench forcing = SmmuBench.running("force-write-back", "yes");
        long table = forcing.allocate();
        forcing.map(table, 0, 0, 3, 0x9000 | SmmuBench.S2_PAGE);
        forcing.ste(SmmuBench.SID, SmmuBench.STE_VALID | SmmuBench.STE_S2, 0, SmmuBench.STE2_STAGE2, table);
        long plain = forcing.translate(SmmuBench.NO_PASID, 0).attributes();
        forcing.ste(SmmuBench.SID, SmmuBench.STE_VALID | SmmuBench.STE_S2, 1L << 25, SmmuBench.STE2_STAGE2, table);
        assertThat(forcing.translate(SmmuBench.NO_PASID, 0).attributes()).isNotEqualTo(plain);
    }

    @Test
    void thereAreNoSubstreams() {
        stage2(SmmuBench.STE2_STAGE2);
        assertFault(bench.translate(reader, 3, 0), FaultClass.BLOCKED, 0x08);
    }
}
