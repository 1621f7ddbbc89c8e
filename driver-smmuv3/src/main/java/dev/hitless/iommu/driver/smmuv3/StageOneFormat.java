package dev.hitless.iommu.driver.smmuv3;

import dev.hitless.iommu.api.Protection;
import dev.hitless.iommu.driver.support.pagetable.PageTableFormat;
import java.util.Optional;

/**
 * VMSAv8-64 stage 1, 4 KiB granule.
 *
 * <pre>
 *   63      55  54  53  52  51 50    48 47               12  11  10  9  8 7    6  5  4      2  1    0
 *  +----------+---+---+----+---+--------+------------------+---+---+-----+------+---+--------+---+---+
 *  | ignored  |UXN|PXN|Cont|DBM|  0     |  address >> 12   |nG | AF| SH  | AP   | NS|AttrIndx| T | V |
 *  +----------+---+---+----+---+--------+------------------+---+---+-----+------+---+--------+---+---+
 *   T: table, or page in level 0; 0 for blocks of 2 MiB and 1 GiB. Tables have nothing but address, T and V.
 *   AP: 1 read and write for everybody, 3 read only.
 * </pre>
 *
 * <p>Never global: each translation belongs to its ASID. AF is set beforehand, so that no walk has to write.
 *
 * @param name for messages
 * @param levels 3 or 4
 * @param inputAddressBits 64 - T0SZ
 * @param outputAddressBits at most 48
 */
record StageOneFormat(String name, int levels, int inputAddressBits, int outputAddressBits) implements PageTableFormat {
    private static final long ATTRIBUTE_DEVICE = 1L << 2;
    private static final long FOR_EVERYBODY = 1L << 6;
    private static final long READ_ONLY = 1L << 7;
    private static final long NOT_GLOBAL = 1L << 11;
    private static final long NO_EXECUTE = 3L << 53;

    @Override
    public long pageSizes() {
        return Descriptor.PAGE_SIZES;
    }

    @Override
    public Optional<String> objection(Protection protection) {
        return protection.read()
                ? Optional.empty()
                : Optional.of("stage 1 cannot allow writes without reads; allow reads, or use a stage-2 format");
    }

    @Override
    public long leaf(int level, long pageAddress, long pageBytes, int slot, Protection protection) {
        long entry = pageAddress | Descriptor.leafType(level) | Descriptor.ACCESSED | FOR_EVERYBODY | NOT_GLOBAL;
        entry |= protection.mmio() ? ATTRIBUTE_DEVICE | Descriptor.OUTER_SHAREABLE : Descriptor.INNER_SHAREABLE;
        entry |= protection.write() ? 0 : READ_ONLY;
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
