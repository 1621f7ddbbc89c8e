package dev.hitless.iommu.driver.support.pagetable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hitless.iommu.api.Protection;
import org.junit.jupiter.api.Test;

/** Entries against values written down by hand from the architecture's tables. */
class X86PageTableFormatTest {
    private static final X86PageTableFormat PLAIN =
            X86PageTableFormat.of("plain", 4, 52, X86PageTableFormat.ALL_PAGE_SIZES);
    private static final X86PageTableFormat FULL =
            new X86PageTableFormat("full", 5, 56, 52, X86PageTableFormat.ALL_PAGE_SIZES, true, true, true);

    @Test
    void leavesCarryTheDocumentedBits() {
        assertThat(PLAIN.leaf(0, 0xA_BCDE_F123_4000L, 4096, 0, Protection.READ_WRITE))
                .isEqualTo(0xA_BCDE_F123_4067L);
        assertThat(PLAIN.leaf(0, 0x1000, 4096, 0, Protection.READ_ONLY)).isEqualTo(0x1025L);
        assertThat(PLAIN.leaf(1, 0x20_0000, 1 << 21, 0, Protection.READ_WRITE)).isEqualTo(0x20_00E7L);
        assertThat(PLAIN.leaf(2, 0x4000_0000, 1 << 30, 0, Protection.READ_WRITE))
                .isEqualTo(0x4000_00E7L);
    }

    @Test
    void optionalBitsAreSetOnlyWhereTheyAreHonoured() {
        Protection device = new Protection(true, true, false, true);
        assertThat(FULL.leaf(0, 0x1000, 4096, 0, device)).isEqualTo(0x8000_0000_0000_147FL);
        assertThat(PLAIN.leaf(0, 0x1000, 4096, 0, device)).isEqualTo(0x1067L);
        assertThat(FULL.leaf(0, 0x1000, 4096, 0, new Protection(true, false, true, false)))
                .isEqualTo(0x1425L);
        assertThat(FULL.table(1, 0x7000)).isEqualTo(0x7427L);
        assertThat(PLAIN.table(1, 0x7000)).isEqualTo(0x7027L);
    }

    @Test
    void anEntryIsAPageByItsLevelAndItsPageBit() {
        assertThat(PLAIN.isLeaf(0, 0x1025)).isTrue();
        assertThat(PLAIN.isLeaf(1, 0x20_00E7)).isTrue();
        assertThat(PLAIN.isLeaf(1, 0x7027)).isFalse();
        assertThat(PLAIN.isLeaf(3, 0x70A7)).isFalse();
        assertThat(PLAIN.isPresent(0, 0x1024)).isFalse();
    }

    @Test
    void widthsThatTheFormatCannotHaveAreRefused() {
        assertThatThrownBy(() -> X86PageTableFormat.of("x", 3, 52, 1 << 12)).hasMessageContaining("not 3");
        assertThatThrownBy(() -> X86PageTableFormat.of("x", 4, 53, 1 << 12)).hasMessageContaining("not 53");
        assertThatThrownBy(() -> X86PageTableFormat.of("x", 4, 52, 1 << 21)).hasMessageContaining("0x200000");
        assertThatThrownBy(() -> new X86PageTableFormat("x", 4, 49, 52, 1 << 12, false, false, false))
                .hasMessageContaining("not 49");
    }
}
