package dev.hitless.iommu.driver.amdvi;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hitless.iommu.api.Protection;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HostTableFormatTest {
    private final HostTableFormat format = new HostTableFormat("v1-4-level", 4, 48, 52);

    @Test
    void aPageOfNaturalSizeHasNextLevelZero() {
        assertThat(format.leaf(0, 0x1234_5000L, 0x1000, 0, Protection.READ_WRITE))
                .isEqualTo(0x6000_0000_1234_5001L);
        assertThat(format.leaf(1, 0x4000_0000L, 0x20_0000, 0, Protection.READ_ONLY))
                .isEqualTo(0x2000_0000_4000_0001L);
    }

    @Test
    void aPageOf8KibHasAClearBit12() {
        assertThat(format.leaf(0, 0x1234_4000L, 0x2000, 1, Protection.WRITE_ONLY))
                .isEqualTo(0x4000_0000_1234_4E01L);
    }

    @Test
    void aPageOf64KibHasThreeOnes() {
        assertThat(format.leaf(0, 0x1235_0000L, 0x1_0000, 7, Protection.READ_WRITE))
                .isEqualTo(0x6000_0000_1235_7E01L);
    }

    @ParameterizedTest
    @ValueSource(ints = {12, 13, 16, 20, 21, 22, 29, 30, 31, 38})
    void sizeAndAddressAreReadBack(int shift) {
        long bytes = 1L << shift;
        int level = format.leafLevel(bytes);
        long entry = format.leaf(level, 5 * bytes, bytes, 0, Protection.READ_WRITE);
        assertThat(format.isPresent(level, entry)).isTrue();
        assertThat(format.isLeaf(level, entry)).isTrue();
        assertThat(format.leafPageBytes(level, entry)).isEqualTo(bytes);
        assertThat(format.leafAddress(level, entry)).isEqualTo(5 * bytes);
    }

    @Test
    void aTableSaysItsLevel() {
        long entry = format.table(3, 0x7_7000L);
        assertThat(entry).isEqualTo(0x6000_0000_0007_7601L);
        assertThat(format.isLeaf(3, entry)).isFalse();
        assertThat(format.tableAddress(3, entry)).isEqualTo(0x7_7000L);
    }

    @Test
    void pagesOf512GibAreNotOffered() {
        assertThat(format.pageSizes() & (1L << 39)).isZero();
        assertThat(format.pageSizes() & (1L << 38)).isNotZero();
    }
}
