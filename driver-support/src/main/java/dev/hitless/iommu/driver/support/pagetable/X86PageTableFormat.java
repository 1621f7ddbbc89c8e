package dev.hitless.iommu.driver.support.pagetable;

import dev.hitless.iommu.api.Protection;
import java.util.Optional;

/**
 * The page tables of x86-64 processors, as walked by IOMMUs too: VT-d first stage, AMD-Vi v2. What the vendors and their
 * revisions do differently is a component.
 *
 * <pre>
 *   63   62      52 51               12  11  10   9   8    7    6   5    4     3     2    1    0
 *  +----+----------+-------------------+---+----+-------+----+---+---+-----+-----+-----+----+---+
 *  | XD | ignored  | address           |   | EA |       | PS | D | A | PCD | PWT | U/S | RW | P |
 *  +----+----------+-------------------+---+----+-------+----+---+---+-----+-----+-----+----+---+
 *   EA: VT-d only, where the entry enables it. PS: page, in levels 1 (2 MiB) and 2 (1 GiB).
 *   D: pages only. Large pages have their PAT bit at 12, which stays 0.
 * </pre>
 *
 * <p>Accessed and dirty bits are set beforehand, so that no walk has to write.
 *
 * @param name for messages
 * @param levels 4 or 5
 * @param inputAddressBits below the canonical hole: at most 47 with 4 levels, 56 with 5, if sign extension applies; up
 *     to 48 and 57 if not
 * @param outputAddressBits at most 52
 * @param pageSizes bit n set: pages of 2^n bytes; 4 KiB, and any of 2 MiB and 1 GiB
 * @param executeDisable XD is honoured (VT-d NXE, AMD-Vi NXSup), so pages that are not executable carry it; else XD is
 *     reserved and stays 0
 * @param extendedAccessed set EA beforehand (VT-d EAFE)
 * @param cacheControl PCD and PWT are honoured: device memory is mapped uncached; else they stay 0
 */
public record X86PageTableFormat(
        String name,
        int levels,
        int inputAddressBits,
        int outputAddressBits,
        long pageSizes,
        boolean executeDisable,
        boolean extendedAccessed,
        boolean cacheControl)
        implements PageTableFormat {
    /** Pages of 4 KiB, 2 MiB and 1 GiB. */
    public static final long ALL_PAGE_SIZES = 1L << 12 | 1L << 21 | 1L << 30;

    private static final long PRESENT = 1L;
    private static final long WRITABLE = 1L << 1;
    private static final long USER = 1L << 2;
    private static final long WRITE_THROUGH = 1L << 3;
    private static final long CACHE_DISABLE = 1L << 4;
    private static final long ACCESSED = 1L << 5;
    private static final long DIRTY = 1L << 6;
    private static final long PAGE = 1L << 7;
    private static final long EXTENDED_ACCESSED = 1L << 10;
    private static final long EXECUTE_DISABLE = 1L << 63;
    private static final long ADDRESS = 0x000F_FFFF_FFFF_F000L;

    public X86PageTableFormat {
        if (levels != 4 && levels != 5) {
            throw new IllegalArgumentException("x86-64 page tables have 4 or 5 levels, not " + levels);
        }
        if (inputAddressBits < 13 || inputAddressBits > 12 + 9 * levels) {
            throw new IllegalArgumentException(
                    levels + " levels translate up to " + (12 + 9 * levels) + " bits, not " + inputAddressBits);
        }
        if (outputAddressBits < 13 || outputAddressBits > 52) {
            throw new IllegalArgumentException(
                    "x86-64 page tables have output addresses of up to 52 bits, not " + outputAddressBits);
        }
        if ((pageSizes & ~ALL_PAGE_SIZES) != 0 || (pageSizes & 1L << 12) == 0) {
            throw new IllegalArgumentException("page sizes 0x" + Long.toHexString(pageSizes)
                    + "; x86-64 has 4 KiB, and on top of that 2 MiB and 1 GiB");
        }
    }

    /** A format with the most common choices: lower half of the canonical range, no XD, no EA, no cache control. */
    public static X86PageTableFormat of(String name, int levels, int outputAddressBits, long pageSizes) {
        return new X86PageTableFormat(name, levels, levels * 9 + 11, outputAddressBits, pageSizes, false, false, false);
    }

    @Override
    public Optional<String> objection(Protection protection) {
        return protection.read()
                ? Optional.empty()
                : Optional.of("a page that can be written can be read too; allow reads, or use a second-stage format");
    }

    @Override
    public long leaf(int level, long pageAddress, long pageBytes, int slot, Protection protection) {
        long entry = pageAddress | PRESENT | USER | ACCESSED;
        if (protection.write()) {
            entry |= WRITABLE | DIRTY;
        }
        if (level > 0) {
            entry |= PAGE;
        }
        if (executeDisable && !protection.execute()) {
            entry |= EXECUTE_DISABLE;
        }
        if (cacheControl && protection.mmio()) {
            entry |= CACHE_DISABLE | WRITE_THROUGH;
        }
        return extendedAccessed ? entry | EXTENDED_ACCESSED : entry;
    }

    @Override
    public long table(int level, long tableAddress) {
        long entry = tableAddress | PRESENT | WRITABLE | USER | ACCESSED;
        return extendedAccessed ? entry | EXTENDED_ACCESSED : entry;
    }

    @Override
    public boolean isPresent(int level, long entry) {
        return (entry & PRESENT) != 0;
    }

    @Override
    public boolean isLeaf(int level, long entry) {
        return level == 0 || (level <= 2 && (entry & PAGE) != 0);
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
