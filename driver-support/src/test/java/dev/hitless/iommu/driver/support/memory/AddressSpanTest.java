package dev.hitless.iommu.driver.support.memory;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class AddressSpanTest {
    @Test
    void aPageCoversItself() {
        assertThat(AddressSpan.covering(0x7000, 0x1000)).isEqualTo(new AddressSpan(0x7000, 0));
    }

    @Test
    void aRangeThatIsNotAlignedGrowsToTheNextAlignedPowerOfTwo() {
        // 0x7000 and 0x8000 differ in bit 15: 16 pages from 0.
        assertThat(AddressSpan.covering(0x7000, 0x2000)).isEqualTo(new AddressSpan(0, 4));
        assertThat(AddressSpan.covering(0x6000, 0x2000)).isEqualTo(new AddressSpan(0x6000, 1));
    }

    @Test
    void theWholeSpaceIsEverything() {
        assertThat(AddressSpan.covering(0x7FFF_FFFF_FFFF_F000L, 0x2000)).isEqualTo(AddressSpan.EVERYTHING);
    }

    @Test
    void theUpperHalfOfTheCanonicalRangeIsNamedAsItIs() {
        assertThat(AddressSpan.covering(0xFFFF_8000_0020_0000L, 0x20_0000))
                .isEqualTo(new AddressSpan(0xFFFF_8000_0020_0000L, 9));
    }

    @Test
    void devicesReadTheSizeFromTheLowestZeroBit() {
        assertThat(new AddressSpan(0x5000, 0).sizedAddress()).isEqualTo(0x5000);
        assertThat(new AddressSpan(0x6000, 1).sizedAddress()).isEqualTo(0x6000);
        assertThat(new AddressSpan(0x4000, 2).sizedAddress()).isEqualTo(0x5000);
        assertThat(AddressSpan.EVERYTHING.sizedAddress()).isEqualTo(0x7FFF_FFFF_FFFF_F000L);
    }
}
