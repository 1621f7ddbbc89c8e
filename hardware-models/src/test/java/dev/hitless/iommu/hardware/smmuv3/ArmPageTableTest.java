package dev.hitless.iommu.hardware.smmuv3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.hitless.iommu.hardware.CpuPageTable;
import dev.hitless.iommu.hardware.Translation;
import java.util.function.LongUnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ArmPageTableTest {
    private final SmmuBench bench = SmmuBench.running();

    private CpuPageTable attach(int levels) {
        CpuPageTable table = bench.model.newCpuPageTable(bench.bus, levels, LongUnaryOperator.identity());
        bench.singleContext(1);
        long descriptor = bench.bus.read64(bench.level2StreamTable + SmmuBench.SID * 64L) & ~0x3FL;
        bench.words(descriptor, SmmuBench.CD_STAGE1 & ~0x3FL | 64 - table.addressBits(), table.rootAddress(), 0, 0xFF);
        return table;
    }

    @ParameterizedTest
    @CsvSource({"0, 4, 48", "4, 4, 48", "3, 3, 39"})
    void theHardwareWalksWhatTheCpuBuilt(int wanted, int levels, int bits) {
        CpuPageTable table = attach(wanted);
        assertThat(table.levels()).isEqualTo(levels);
        assertThat(table.addressBits()).isEqualTo(bits);
        long top = (1L << bits) - 0x1000;
        table.map(top, 0x1234_5000, 4096, true);
        table.map(0x20_0000, 0x60_0000, 0x20_0000, false);
        table.map(0x4000_0000, 0x8000_0000L, 0x4000_0000, true);
        Translation page = bench.translate(SmmuBench.NO_PASID, top + 4);
        assertThat(page.output(top + 4)).isEqualTo(0x1234_5004);
        assertThat(page.permissions()).isEqualTo(7);
        assertThat(page.tag()).as("not global").isZero();
        Translation block = bench.translate(SmmuBench.NO_PASID, 0x20_1234);
        assertThat(block.output(0x20_1234)).isEqualTo(0x60_1234);
        assertThat(block.permissions()).isEqualTo(5);
        assertThat(block.pageBytes()).isEqualTo(0x20_0000);
        assertThat(bench.translate(SmmuBench.NO_PASID, 0x4567_89AB).output(0x4567_89AB))
                .isEqualTo(0x8567_89ABL);
        table.unmap(top, 4096);
        assertThat(bench.translate(SmmuBench.NO_PASID, top).isFault()).isTrue();
    }

    @Test
    void freeingGivesAllTablesBack() {
        int before = bench.bus.pageCount();
        CpuPageTable table = bench.model.newCpuPageTable(bench.bus, 4, LongUnaryOperator.identity());
        table.map(0, 0, 4096, true);
        assertThat(bench.bus.pageCount()).isEqualTo(before + 4);
        table.free();
        assertThat(bench.bus.pageCount()).isEqualTo(before);
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 1, 2, 5})
    void otherDepthsAreRefused(int levels) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> bench.model.newCpuPageTable(bench.bus, levels, LongUnaryOperator.identity()))
                .withMessageContaining("use 3 or 4");
    }

    @Test
    void mappingsThatDoNotFitAreRefused() {
        CpuPageTable table = bench.model.newCpuPageTable(bench.bus, 3, LongUnaryOperator.identity());
        assertThatIllegalArgumentException().isThrownBy(() -> table.map(0, 0, 8192, true));
        assertThatIllegalArgumentException().isThrownBy(() -> table.map(0x1000, 0, 0x20_0000, true));
        assertThatIllegalArgumentException().isThrownBy(() -> table.map(1L << 39, 0, 4096, true));
        assertThatIllegalArgumentException().isThrownBy(() -> table.unmap(0x5000, 4096));
    }
}
