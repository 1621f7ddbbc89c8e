package dev.hitless.iommu.hardware.smmuv3;

import static dev.hitless.iommu.hardware.smmuv3.StreamTableTest.assertFault;
import static org.assertj.core.api.Assertions.assertThat;

import dev.hitless.iommu.hardware.DmaRequest;
import dev.hitless.iommu.hardware.FaultClass;
import dev.hitless.iommu.hardware.Translation;
import dev.hitless.iommu.hardware.Walker;
import org.junit.jupiter.api.Test;

class RegisterTest {
    @Test
    void identificationFollowsFromTheDefaults() {
        SmmuBench bench = SmmuBench.reset();
        assertThat(bench.read(0x00)).isEqualTo(0x0C4D_3E1B);
        assertThat(bench.read(0x04)).isEqualTo(1 << 27 | 8 << 21 | 7 << 16 | 7 << 11 | 20 << 6 | 16);
        assertThat(bench.read(0x0C)).isEqualTo(1 << 10 | 1 << 2);
        assertThat(bench.read(0x14)).isEqualTo(16 << 16 | 1 << 4 | 5);
        assertThat(bench.read(0x1C)).isEqualTo(3);
    }

    @Test
    void identificationShowsWhatIsMissing() {
        SmmuBench bench = SmmuBench.reset(
                "stage2",
                "no",
                "coherent",
                "no",
                "hyp",
                "no",
                "ats",
                "no",
                "asid16",
                "no",
                "vmid16",
                "no",
                "msi",
                "no",
                "two-level-cd",
                "no",
                "two-level-stream-table",
                "no",
                "stall-model",
                "terminate");
        assertThat(bench.read(0x00)).isEqualTo(2 | 2 << 2 | 1 << 11 | 2 << 21 | 1 << 24 | 1 << 26);
        assertThat(bench.read(0x04) & 0x3F).isEqualTo(8);
        assertThat(bench.read(0x14) >>> 16).isZero();
        assertThat(SmmuBench.reset("substreams", "no").read(0x04) >>> 6 & 0x1F).isZero();
        assertThat(SmmuBench.reset("stage1", "no").read(0x00) & 3).isEqualTo(1);
        assertThat(SmmuBench.reset("output-bits", "40").read(0x14) & 7).isEqualTo(2);
        assertThat(SmmuBench.reset("output-bits", "44").read(0x14) & 7).isEqualTo(4);
        assertThat(SmmuBench.reset("break-before-make-level", "2").read(0x0C) >>> 11 & 3)
                .isEqualTo(2);
    }

    @Test
    void identificationCannotBeWritten() {
        SmmuBench bench = SmmuBench.reset();
        bench.write(0x00, 0);
        assertThat(bench.bus.complaints).singleElement().asString().contains("IDR0");
        assertThat(bench.read(0x00)).isNotZero();
    }

    @Test
    void controlIsAcknowledgedAtOnce() {
        SmmuBench bench = SmmuBench.reset();
        bench.write(SmmuBench.CR0, SmmuBench.EVENTQEN);
        assertThat(bench.read(0x24)).isEqualTo(SmmuBench.EVENTQEN);
        bench.write(SmmuBench.CR0, 1 << 20);
        assertThat(bench.bus.complaints).hasSize(1);
        assertThat(bench.read(0x24)).isZero();
    }

    @Test
    void theGlobalBypassAttributesNeedTheUpdateHandshake() {
        SmmuBench bench = SmmuBench.reset();
        DmaRequest read = new DmaRequest(1, -1, 0x1000, false, false);
        assertThat(bench.model.access(read).output(0x1000)).isEqualTo(0x1000);
        bench.write(SmmuBench.GBPA, 1 << 20);
        assertThat(bench.bus.complaints).hasSize(1);
        assertThat(bench.model.access(read).isFault()).isFalse();
        bench.write(SmmuBench.GBPA, 1 << 31 | 1 << 20);
        assertThat(bench.read(SmmuBench.GBPA)).as("UPDATE clears").isEqualTo(1 << 20);
        assertFault(bench.model.access(read), FaultClass.BLOCKED, 0);
    }

    @Test
    void whileOffThereIsNoAtsAndNoAddressBeyondTheOutputSize() {
        SmmuBench bench = SmmuBench.reset();
        assertFault(bench.model.access(new DmaRequest(1, -1, 0, false, true)), FaultClass.BLOCKED, 0);
        assertFault(bench.model.access(new DmaRequest(1, -1, 1L << 48, false, false)), FaultClass.NOT_MAPPED, 0);
    }

    @Test
    void theStreamTableCannotMoveWhileTheSmmuIsOn() {
        SmmuBench bench = SmmuBench.running();
        bench.write64(SmmuBench.STRTAB_BASE, 0);
        bench.write(SmmuBench.STRTAB_BASE_CFG, 0);
        bench.write(SmmuBench.CR1, 0);
        bench.write(0x2C, 1);
        assertThat(bench.bus.complaints).hasSize(4);
        assertThat(bench.model.readRegister(SmmuBench.STRTAB_BASE, 64)).isEqualTo(bench.level1StreamTable);
        assertThat(bench.read(SmmuBench.CR1)).isEqualTo(0xD75);
    }

    @Test
    void streamTableGeometryThatDoesNotExistIsMalformed() {
        SmmuBench bench = SmmuBench.reset("two-level-stream-table", "no");
        bench.write(SmmuBench.STRTAB_BASE_CFG, 1 << 16 | 8 << 6 | 8);
        assertThat(bench.bus.complaints).hasSize(1);
        bench.write(SmmuBench.STRTAB_BASE_CFG, 9);
        assertThat(bench.bus.complaints).hasSize(2);
        SmmuBench two = SmmuBench.reset();
        two.write(SmmuBench.STRTAB_BASE_CFG, 1 << 16 | 7 << 6 | 8);
        assertThat(two.bus.complaints).hasSize(1);
        two.write64(SmmuBench.STRTAB_BASE, 1L << 50);
        assertThat(two.bus.complaints).hasSize(2);
    }

    @Test
    void aStreamTableThatIsNotAlignedToItsSizeIsMalformed() {
        SmmuBench bench = SmmuBench.reset();
        bench.write64(SmmuBench.STRTAB_BASE, bench.level1StreamTable + 0x400);
        bench.write(SmmuBench.STRTAB_BASE_CFG, 1 << 16 | 8 << 6 | 16);
        bench.write(SmmuBench.CR0, SmmuBench.SMMUEN);
        assertThat(bench.bus.complaints).singleElement().asString().contains("not aligned");
    }

    @Test
    void longRegistersCanBeAccessedByHalves() {
        SmmuBench bench = SmmuBench.reset();
        bench.write(0x80, 0x1234_5000);
        bench.write(0x84, 0x4000_0012);
        assertThat(bench.model.readRegister(0x80, 64)).isEqualTo(0x4000_0012_1234_5000L);
        assertThat(bench.read(0x84)).isEqualTo(0x4000_0012);
        assertThat(bench.read(0x80)).isEqualTo(0x1234_5000);
        assertThat(bench.bus.complaints).isEmpty();
    }

    @Test
    void accessesToNoRegisterAreMalformedAndReadAsZero() {
        SmmuBench bench = SmmuBench.reset();
        assertThat(bench.read(0x1_0000)).isZero();
        bench.write(0x40, 1);
        assertThat(bench.model.readRegister(0x20, 64)).isZero();
        bench.write64(0x20, 1);
        assertThat(bench.bus.complaints).hasSize(4);
        assertThat(bench.read(0x20)).isZero();
    }

    @Test
    void aWalkerIsASnapshot() {
        SmmuBench bench = SmmuBench.reset();
        Walker off = bench.model.walker();
        assertThat(bench.model.walker()).isSameAs(off);
        bench.write(SmmuBench.CR0, SmmuBench.SMMUEN);
        assertThat(bench.model.walker()).isNotSameAs(off);
        Translation out = new Translation();
        off.translate(new DmaRequest(1, -1, 0x1000, false, false), new RecordingReader(bench.bus), out);
        assertThat(out.isFault()).isFalse();
    }

    @Test
    void devicesHaveCachesOnlyWithAts() {
        assertThat(SmmuBench.reset().model.caches()).hasSize(10).contains(Smmuv3Caches.ATC);
        assertThat(SmmuBench.reset("ats", "no").model.caches()).hasSize(9).doesNotContain(Smmuv3Caches.ATC);
        assertThat(SmmuBench.reset().model.postedWrites()).isFalse();
    }
}
