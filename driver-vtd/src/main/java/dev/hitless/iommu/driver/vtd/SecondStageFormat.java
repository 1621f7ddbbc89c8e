package dev.hitless.iommu.driver.vtd;

import dev.hitless.iommu.api.Protection;
import dev.hitless.iommu.driver.support.pagetable.PageTableFormat;
import java.util.Optional;

/**
 * Second-stage page-table entries (VT-d spec 9.9). There is no present bit: an entry is present if it allows reads,
 * writes or fetches.
 *
 * <pre>
 *  63   62   61   52 51                12 11  10 9   8 7    6     5   3   2   1   0
 * +----+------+-------+------------------+---+--+---+-+----+-----+------+---+---+---+
 * |ign | rsvd |  ign  | page >> 12       |SNP|  | D |A| PS | IPAT| EMT  | X | W | R |  a page; PS = 0 at 4 KiB
 * +----+------+-------+------------------+---+--+---+-+----+-----+------+---+---+---+
 * |ign | rsvd |  ign  | table >> 12      | 0 |ign   |A| 0  |    ignored | X | W | R |  a table
 * +----+------+-------+------------------+---+------+-+----+------------+---+---+---+
 * </pre>
 *
 * <p>This driver leaves SNP, EMT and X at zero and lets hardware not touch A and D (SSADE = 0).
 *
 * @param name for messages
 * @param levels 3, 4 or 5
 * @param inputAddressBits I/O addresses are below {@code 1 << inputAddressBits}
 * @param outputAddressBits output addresses are below {@code 1 << outputAddressBits}
 * @param pageSizes bit 12 always, bits 21 and 30 where the hardware has large pages
 */
record SecondStageFormat(String name, int levels, int inputAddressBits, int outputAddressBits, long pageSizes)
        implements PageTableFormat {
    private static final long READ = 1;
    private static final long WRITE = 1 << 1;
    private static final long EXECUTE = 1 << 2;
    private static final long PAGE = 1 << 7;
    private static final long ADDRESS = 0xF_FFFF_FFFF_F000L;

    @Override
    public Optional<String> objection(Protection protection) {
        return Optional.empty();
    }

    @Override
    public long leaf(int level, long pageAddress, long pageBytes, int slot, Protection protection) {
        return pageAddress | (protection.read() ? READ : 0) | (protection.write() ? WRITE : 0) | (level > 0 ? PAGE : 0);
    }

    @Override
    public long table(int level, long tableAddress) {
        return tableAddress | READ | WRITE;
    }

    @Override
    public boolean isPresent(int level, long entry) {
        return (entry & (READ | WRITE | EXECUTE)) != 0;
    }

    @Override
    public boolean isLeaf(int level, long entry) {
        return level == 0 || (entry & PAGE) != 0;
    }

    @Override
    public long tableAddress(int level, long entry) {
        return entry & ADDRESS;
    }

    @Override
    public long leafPageBytes(int level, long entry) {
        return 1L << indexShift(level);
    }

    @Override
    public long leafAddress(int level, long entry) {
        return entry & ADDRESS & -leafPageBytes(level, entry);
    }
}
