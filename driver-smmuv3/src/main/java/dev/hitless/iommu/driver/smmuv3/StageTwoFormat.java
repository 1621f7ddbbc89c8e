package dev.hitless.iommu.driver.smmuv3;

import dev.hitless.iommu.api.Protection;
import dev.hitless.iommu.driver.support.pagetable.PageTableFormat;
import java.util.Optional;

/**
 * VMSAv8-64 stage 2, 4 KiB granule.
 *
 * <pre>
 *   63      55 54 53  52  51 50    48 47               12  11  10  9  8 7    6 5        2  1    0
 *  +----------+-----+----+---+--------+------------------+---+---+-----+------+----------+---+---+
 *  | ignored  | XN  |Cont|DBM|  0     |  address >> 12   | 0 | AF| SH  | S2AP | MemAttr  | T | V |
 *  +----------+-----+----+---+--------+------------------+---+---+-----+------+----------+---+---+
 *   T: table, or page in level 0; 0 for blocks. S2AP: 1 read, 2 write. XN: 2 no execution.
 * </pre>
 *
 * <p>Inputs may be wider than 9 bits for each level and 12 for the page: the root is then several tables in a row, up to
 * 16 (concatenation).
 *
 * @param name for messages
 * @param levels 3 or 4
 * @param inputAddressBits 64 - S2T0SZ
 * @param outputAddressBits at most 48
 */
record StageTwoFormat(String name, int levels, int inputAddressBits, int outputAddressBits) implements PageTableFormat {
    private static final long MEMORY_NORMAL = 0xFL << 2;
    private static final long MEMORY_DEVICE = 1L << 2;
    private static final long READ = 1L << 6;
    private static final long WRITE = 1L << 7;
    private static final long NO_EXECUTE = 2L << 53;

    @Override
    public long pageSizes() {
        return Descriptor.PAGE_SIZES;
    }

    @Override
    public int indexBits(int level) {
        return level == levels - 1 ? Math.max(9, inputAddressBits - indexShift(level)) : 9;
    }

    @Override
    public Optional<String> objection(Protection protection) {
        return Optional.empty();
    }

    @Override
    public long leaf(int level, long pageAddress, long pageBytes, int slot, Protection protection) {
        long entry = pageAddress | Descriptor.leafType(level) | Descriptor.ACCESSED;
        entry |= protection.mmio()
                ? MEMORY_DEVICE | Descriptor.OUTER_SHAREABLE
                : MEMORY_NORMAL | Descriptor.INNER_SHAREABLE;
        entry |= (protection.read() ? READ : 0) | (protection.write() ? WRITE : 0);
        return entry | (protection.execute() ? 0 : NO_EXECUTE);
    }

    @Override
    public long table(int level, long tableAddress) {
        return tableAddress | Descriptor.TABLE;
    }

    @Override
    public boolean isPresent(int level, long entry) {
        return Descriptor.isValid(entry);
    }

    @Override
    public boolean isLeaf(int level, long entry) {
        return Descriptor.isLeaf(level, entry);
    }

    @Override
    public long tableAddress(int level, long entry) {
        return entry & Descriptor.ADDRESS;
    }

    @Override
    public long leafPageBytes(int level, long entry) {
        return 1L << indexShift(level);
    }

    @Override
    public long leafAddress(int level, long entry) {
        return entry & Descriptor.ADDRESS & -leafPageBytes(level, entry);
    }
}
