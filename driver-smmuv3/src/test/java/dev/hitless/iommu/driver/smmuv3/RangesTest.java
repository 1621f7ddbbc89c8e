package dev.hitless.iommu.driver.smmuv3;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hitless.iommu.driver.support.memory.AddressSpan;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RangesTest {
    @ParameterizedTest
    @CsvSource({"1", "2", "31", "32", "33", "511", "512", "513", "262144", "262145", "0x7FFFFFF"})
    void tlbRangesCoverEveryPageOnce(String text) {
        long pages = Long.decode(text);
        long at = 0x4000_0000L;
        for (TlbRange range : TlbRange.covering(at, pages << 12)) {
            assertThat(range.address()).isEqualTo(at);
            assertThat(range.num()).isBetween(0, 31);
            assertThat(range.scale()).isBetween(0, 31);
            at += (range.num() + 1L) << (range.scale() + 12);
        }
        assertThat(at).isEqualTo(0x4000_0000L + (pages << 12));
    }

    @Test
    void onlyOnePageIsNoRange() {
        assertThat(TlbRange.covering(0, 0x1000)).containsExactly(new TlbRange(0, 0, 0));
        assertThat(new TlbRange(0, 0, 0).isSinglePage()).isTrue();
        assertThat(TlbRange.covering(0, 0x2000)).isEqualTo(List.of(new TlbRange(0, 1, 0)));
        assertThat(new TlbRange(0, 1, 0).isSinglePage()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "0x1000, 0x1000, 0x1000, 0",
        "0x1000, 0x2000, 0x0, 2",
        "0x200000, 0x200000, 0x200000, 9",
        "0x1ff000, 0x2000, 0x0, 10"
    })
    void devicesAreToldTheSmallestAlignedSpan(String from, String length, String address, int log2Pages) {
        assertThat(AddressSpan.covering(Long.decode(from), Long.decode(length)))
                .isEqualTo(new AddressSpan(Long.decode(address), log2Pages));
    }

    @Test
    void everythingIsASpanToo() {
        assertThat(AddressSpan.covering(0, 0)).isEqualTo(AddressSpan.EVERYTHING);
    }
}
