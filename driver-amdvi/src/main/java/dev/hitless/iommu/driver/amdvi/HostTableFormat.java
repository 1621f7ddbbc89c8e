package dev.hitless.iommu.driver.amdvi;

import dev.hitless.iommu.api.Protection;
import dev.hitless.iommu.driver.support.pagetable.PageTableFormat;
import java.util.Optional;

/**
 * Entries of v1 tables, the host path (48882, 2.2.3).
 *
 * <pre>
 *  63  62   61  60  59 58   52 51                    12 11       9 8  7  6   5  4   1  0
 * +---+----+----+---+--+-------+------------------------+-----------+----+---+---+------+----+
 * |   | IW | IR | FC| U|       | page address, and size | 0 or 7    |    | D | A |      | PR |  a page
 * +---+----+----+---+--+-------+------------------------+-----------+----+---+---+------+----+
 * |   | IW | IR |              | table address          | NextLevel |    |   | A |      | PR |  a table
 * +---+----+----+--------------+------------------------+-----------+----+---+---+------+----+
 *  NextLevel 0: a page as large as the slot. 7: larger; from bit 12 up there are k ones, then a zero, and the page
 *  has 1 << (13 + k) bytes; all its slots hold the same entry.
 * </pre>
 *
 * <p>Levels count from 0 here, from 1 in the specification: NextLevel of an entry at our level n is n.
 *
 * @param name for messages
 * @param levels the Mode, 3..6
 * @param inputAddressBits I/O addresses are below {@code 1 << inputAddressBits}
 * @param outputAddressBits output addresses are below {@code 1 << outputAddressBits}
 */
record HostTableFormat(String name, int levels, int inputAddressBits, int outputAddressBits)
        implements PageTableFormat {
    /** A page can have the size of up to 128 slots; above 256 GiB pages are known not to work (Linux leaves them out). */
    private static final int LARGEST_PAGE_SHIFT = 38;

    private static final long PRESENT = 1;
    private static final int NEXT_LEVEL_SHIFT = 9;
    private static final int SIZE_IN_ADDRESS = 7;
    private static final long ADDRESS = 0x000F_FFFF_FFFF_F000L;
    private static final long READ = 1L << 61;
    private static final long WRITE = 1L << 62;

    @Override
    public long pageSizes() {
        return ((1L << (LARGEST_PAGE_SHIFT + 1)) - 1) & (-1L << 12);
    }

    @Override
    public Optional<String> objection(Protection protection) {
        return Optional.empty();
    }

    @Override
    public long leaf(int level, long pageAddress, long pageBytes, int slot, Protection protection) {
        long rights = (protection.read() ? READ : 0) | (protection.write() ? WRITE : 0);
        if (pageBytes == 1L << indexShift(level)) {
            return pageAddress | PRESENT | rights;
        }
        long ones = ((pageBytes >>> 1) - 1) & (-1L << 12);
        return pageAddress | ones | (long) SIZE_IN_ADDRESS << NEXT_LEVEL_SHIFT | PRESENT | rights;
    }

    @Override
    public long table(int level, long tableAddress) {
        return tableAddress | (long) level << NEXT_LEVEL_SHIFT | PRESENT | READ | WRITE;
    }

    @Override
    public boolean isPresent(int level, long entry) {
        return (entry & PRESENT) != 0;
    }

    @Override
    public boolean isLeaf(int level, long entry) {
        return nextLevel(entry) == 0 || nextLevel(entry) == SIZE_IN_ADDRESS;
    }

    @Override
    public long tableAddress(int level, long entry) {
        return entry & ADDRESS;
    }

    @Override
    public long leafPageBytes(int level, long entry) {
        if (nextLevel(entry) == 0) {
            return 1L << indexShift(level);
        }
        return Long.lowestOneBit(~(entry | 0xFFF)) << 1;
    }

    @Override
    public long leafAddress(int level, long entry) {
        return entry & ADDRESS & -leafPageBytes(level, entry);
    }

    private static int nextLevel(long entry) {
        return (int) (entry >>> NEXT_LEVEL_SHIFT) & 7;
    }
}
