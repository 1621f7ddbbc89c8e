package dev.hitless.iommu.hardware.smmuv3;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hitless.iommu.hardware.Translation;
import org.junit.jupiter.api.Test;

class TlbConflictTest {
    private static Translation of(long output, long bytes, int permissions, long attributes) {
        Translation translation = new Translation();
        translation.translated(0, output, bytes, permissions, attributes);
        return translation;
    }

    @Test
    void differentSizesAndAttributesConflict() {
        SmmuBench bench = SmmuBench.reset();
        Translation page = of(0x20_0000, 4096, 3, 0xFF);
        assertThat(bench.model.walker().conflict(page, of(0x20_0000, 1 << 21, 3, 0xFF)))
                .isTrue();
        assertThat(bench.model.walker().conflict(page, of(0x20_0000, 4096, 3, 0x44)))
                .isTrue();
        assertThat(bench.model.walker().conflict(page, of(0x40_0000, 4096, 1, 0xFF)))
                .as("old or new")
                .isFalse();
    }

    @Test
    void sizesMayDifferWithBreakBeforeMakeLevelTwo() {
        SmmuBench bench = SmmuBench.reset("break-before-make-level", "2");
        Translation page = of(0x20_0000, 4096, 3, 0xFF);
        assertThat(bench.model.walker().conflict(page, of(0x20_0000, 1 << 21, 3, 0xFF)))
                .isFalse();
        assertThat(bench.model.walker().conflict(page, of(0x20_0000, 4096, 3, 0x44)))
                .isTrue();
    }
}
