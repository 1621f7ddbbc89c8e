package dev.hitless.iommu.driver.amdvi;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PageSpanTest {
    @Test
    void aPageIsItself() {
        assertThat(PageSpan.covering(0x7000, 0x1000)).isEqualTo(new PageSpan(0x7000, 0));
    }

    @Test
    void pagesAcrossABoundaryNeedASpanThatHoldsBoth() {
        assertThat(PageSpan.covering(0x7000, 0x2000)).isEqualTo(new PageSpan(0, 4));
    }

    @Test
    void addressesThatSignExtensionWouldChangeAreEverything() {
        assertThat(PageSpan.covering(1L << 51, 0x1000)).isEqualTo(PageSpan.EVERYTHING);
        assertThat(PageSpan.covering((1L << 51) - 0x1000, 0x1000)).isEqualTo(new PageSpan((1L << 51) - 0x1000, 0));
    }
}
