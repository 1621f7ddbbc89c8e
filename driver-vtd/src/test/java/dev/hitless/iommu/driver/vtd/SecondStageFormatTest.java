package dev.hitless.iommu.driver.vtd;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hitless.iommu.api.Protection;
import org.junit.jupiter.api.Test;

/** Golden values, put together by hand from the layout of VT-d spec 9.9. */
class SecondStageFormatTest {
    private final SecondStageFormat format = new SecondStageFormat("test", 4, 48, 52, 1L << 12 | 1L << 21 | 1L << 30);

    @Test
    void aPageAllowsReadsAndWritesSeparately() {
        assertThat(format.leaf(0, 0x5000, 0x1000, 0, Protection.READ_WRITE)).isEqualTo(0x5003);
        assertThat(format.leaf(0, 0x5000, 0x1000, 0, Protection.READ_ONLY)).isEqualTo(0x5001);
        assertThat(format.leaf(0, 0x5000, 0x1000, 0, Protection.WRITE_ONLY)).isEqualTo(0x5002);
    }

    @Test
    void aLargePageHasBitSeven() {
        assertThat(format.leaf(1, 0x60_0000, 1 << 21, 0, Protection.READ_ONLY)).isEqualTo(0x60_0081);
        assertThat(format.leaf(2, 1L << 30, 1L << 30, 0, Protection.READ_ONLY)).isEqualTo(0x4000_0081);
        assertThat(format.isLeaf(1, 0x60_0081)).isTrue();
        assertThat(format.isLeaf(1, 0x60_0003)).isFalse();
        assertThat(format.leafAddress(1, 0x60_0081)).isEqualTo(0x60_0000);
    }

    @Test
    void aTableAllowsEverythingSinceLevelsAreAnded() {
        assertThat(format.table(1, 0x7000)).isEqualTo(0x7003);
        assertThat(format.tableAddress(1, 0x7003)).isEqualTo(0x7000);
    }

    @Test
    void anEntryIsPresentIfItAllowsAnything() {
        assertThat(format.isPresent(0, 0x5000)).isFalse();
        assertThat(format.isPresent(0, 0x5002)).isTrue();
        assertThat(format.isPresent(0, 0x5004)).isTrue();
    }

    @Test
    void everyProtectionCanBeExpressed() {
        assertThat(format.objection(Protection.WRITE_ONLY)).isEmpty();
    }
}
