package dev.hitless.iommu.driver.smmuv3;

import dev.hitless.iommu.api.Protection;
import dev.hitless.iommu.driver.support.pagetable.PageTableFormat;

/**
 * VMSAv8-64 descriptors, 4 KiB granule: what both stages have in common. Levels count up from the pages.
 *
 * <pre>
 *   63              51 50    48 47               12  11  10  9  8 7              2  1    0
 *  +------------------+--------+------------------+---+---+-----+----------------+---+---+
 *  | of the stage     |   0    |  address >> 12   |   | AF| SH  | of the stage   | T | V |
 *  +------------------+--------+------------------+---+---+-----+----------------+---+---+
 *   T: table, or page in level 0; 0 for blocks of 2 MiB and 1 GiB. Tables have nothing but address, T and V.
 * </pre>
 *
 * <p>AF is set beforehand, so that no walk has to write.
 */
interface DescriptorFormat extends PageTableFormat {
    /** SH of device memory. */
    long OUTER_SHAREABLE = 2L << 8;

    /** SH of memory. */
    long INNER_SHAREABLE = 3L << 8;

    /** What a leaf says about access and memory type, in place. */
    long attributes(Protection protection);

    @Override
    default long pageSizes() {
        return 1L << 12 | 1L << 21 | 1L << 30;
    }

    @Override
    default long leaf(int level, long pageAddress, long pageBytes, int slot, Protection protection) {
        long type = level == 0 ? 3 : 1;
        long accessed = 1L << 10;
        return pageAddress | type | accessed | attributes(protection);
    }

    @Override
    default long table(int level, long tableAddress) {
        return tableAddress | 3;
    }

    @Override
    default boolean isPresent(int level, long entry) {
        return (entry & 1) != 0;
    }

    @Override
    default boolean isLeaf(int level, long entry) {
        return level == 0 || (entry & 3) == 1;
    }

    @Override
    default long tableAddress(int level, long entry) {
        return entry & 0x0000_FFFF_FFFF_F000L;
    }

    @Override
    default long leafPageBytes(int level, long entry) {
        return 1L << indexShift(level);
    }

    @Override
    default long leafAddress(int level, long entry) {
        return tableAddress(level, entry) & -leafPageBytes(level, entry);
    }
}
