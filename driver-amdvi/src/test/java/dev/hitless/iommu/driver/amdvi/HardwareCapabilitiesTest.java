package dev.hitless.iommu.driver.amdvi;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class HardwareCapabilitiesTest {
    private static final long GT = 1L << 4;
    private static final long GIO = 1L << 48;
    private static final long PPR = 1L << 1;
    private static final long EPH = 1L << 50;
    private static final long PASIDS_OF_16_BITS = 15L << 32;
    private static final long TWO_GCR3_LEVELS = 1L << 14;

    private static HardwareCapabilities with(long features) {
        return new HardwareCapabilities(0, 0, features, 0);
    }

    @Test
    void guestTranslationNeedsGIoSupToo() {
        assertThat(with(GT).guestTranslation()).isFalse();
        assertThat(with(GIO).guestTranslation()).isFalse();
        assertThat(with(GT | GIO).guestTranslation()).isTrue();
    }

    @Test
    void whatQemuShowsHasNoGuestTranslation() {
        assertThat(with(0x29D3).guestTranslation()).isFalse();
        assertThat(with(0x29D3).pasidBits()).isZero();
    }

    @Test
    void pasidsNeedPageRequestsAndTheirEnhancedHandling() {
        long all = GT | GIO | PPR | EPH | PASIDS_OF_16_BITS | TWO_GCR3_LEVELS;
        assertThat(with(all).pasidBits()).isEqualTo(16);
        assertThat(with(all & ~PPR).pasidBits()).isZero();
        assertThat(with(all & ~EPH).pasidBits()).isZero();
        assertThat(with(all & ~GIO).pasidBits()).isZero();
    }

    @Test
    void pasidsEndWhereTheGcr3TableEnds() {
        assertThat(with(GT | GIO | PPR | EPH | PASIDS_OF_16_BITS).pasidBits()).isEqualTo(9);
    }

    @Test
    void tablesAreAsDeepAsTheHardwareSays() {
        assertThat(with(0).hostLevels()).isEqualTo(4);
        assertThat(with(2L << 10).hostLevels()).isEqualTo(6);
        assertThat(with(1L << 12).guestLevels()).isEqualTo(5);
    }
}
