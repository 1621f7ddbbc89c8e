package dev.hitless.iommu.driver.vtd;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PageSpanTest {
    @Test
    void aPageCoversItself() {
        assertThat(PageSpan.covering(0x7000, 0x1000)).isEqualTo(new PageSpan(0x7000, 0));
    }

    @Test
    void aRangeThatIsNotAlignedGrowsToTheNextAlignedPowerOfTwo() {
        // 0x7000 and 0x8000 differ in bit 15: 16 pages from 0.
        assertThat(PageSpan.covering(0x7000, 0x2000)).isEqualTo(new PageSpan(0, 4));
        assertThat(PageSpan.covering(0x6000, 0x2000)).isEqualTo(new PageSpan(0x6000, 1));
    }

    @Test
    void theWholeSpaceIsEverything() {
        assertThat(PageSpan.covering(0x7FFF_FFFF_FFFF_F000L, 0x2000)).isEqualTo(PageSpan.EVERYTHING);
    }

    @Test
    void theUpperHalfOfTheCanonicalRangeIsNamedAsItIs() {
        assertThat(PageSpan.covering(0xFFFF_8000_0020_0000L, 0x20_0000))
                .isEqualTo(new PageSpan(0xFFFF_8000_0020_0000L, 9));
    }

    @Test
    void devicesReadTheSizeFromTheLowestZeroBit() {
        assertThat(new PageSpan(0x5000, 0).deviceAddress()).isEqualTo(0x5000);
        assertThat(new PageSpan(0x6000, 1).deviceAddress()).isEqualTo(0x6000);
        assertThat(new PageSpan(0x4000, 2).deviceAddress()).isEqualTo(0x5000);
        assertThat(PageSpan.EVERYTHING.deviceAddress()).isEqualTo(0x7FFF_FFFF_FFFF_F000L);
    }
}
