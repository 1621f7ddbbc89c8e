package dev.hitless.iommu.qemu.check;

import dev.hitless.iommu.qemu.board.Board;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/**
 * What domains map. All I/O addresses are addresses of memory too, so that a request that passes untranslated is seen to
 * arrive. Domains of different colours differ in output address, permission and page size, and each maps what others do not.
 *
 * <pre>
 *  I/O address                     leads to (colour c, output base b = 0x5000_0000 + c * 32 MiB)
 *  0x6000_0000  fresh pages        b + 0x80_1000 ..    one 4 KiB page after another, each used for one instant
 *  0x6100_0000  warm page          b + 0x10_0000       used all the time
 *  0x6110_0000  rights page        b + 0x11_0000       read only in odd colours
 *  0x6120_0000  even only          b + 0x12_0000
 *  0x6130_0000  odd only           b + 0x13_0000
 *  0x6140_0000  scratch page       b + 0x14_0000       mapped and unmapped by scenarios
 *  0x6220_0000  large page         b + 0x20_0000       2 MiB in even colours if there are such pages, 4 KiB in odd ones
 *  0x7F00_0000  read-out page      0x7F00_0000         in every domain the same
 * </pre>
 */
final class TestPages {
    static final int MOST_COLOURS = 8;
    static final long PAGE = 0x1000;

    static final long FRESH = 0x6000_0000L;
    static final long WARM = 0x6100_0000L;
    static final long RIGHTS = 0x6110_0000L;
    static final long EVEN_ONLY = 0x6120_0000L;
    static final long ODD_ONLY = 0x6130_0000L;
    static final long SCRATCH = 0x6140_0000L;
    static final long LARGE = 0x6220_0000L;
    static final long READ_OUT = 0x7F00_0000L;

    private static final long MIB_2 = 0x20_0000;
    /** No large page fits. */
    private static final long FRESH_OUTPUT = 0x80_1000;

    private static final long COLOUR_BYTES = 0x200_0000;

    /**
     * One mapping.
     *
     * @param iova first I/O address
     * @param output first output address
     * @param lengthBytes length
     * @param write whether writes are allowed
     */
    record Page(long iova, long output, long lengthBytes, boolean write) {
        private boolean contains(long address) {
            return Long.compareUnsigned(address - iova, lengthBytes) < 0;
        }
    }

    private TestPages() {}

    /**
     * What a domain maps from the beginning.
     *
     * @param freshPages number of fresh pages, at most 1,000
     */
    static List<Page> of(int colour, long pageSizes, int freshPages) {
        if (colour < 0 || colour >= MOST_COLOURS) {
            throw new IllegalArgumentException("colour " + colour + "; there is memory for " + MOST_COLOURS);
        }
        boolean odd = (colour & 1) != 0;
        long base = base(colour);
        List<Page> pages = new ArrayList<>();
        pages.add(new Page(FRESH, base + FRESH_OUTPUT, freshPages * PAGE, true));
        pages.add(new Page(WARM, base + 0x10_0000, PAGE, true));
        pages.add(new Page(RIGHTS, base + 0x11_0000, PAGE, !odd));
        pages.add(
                odd
                        ? new Page(ODD_ONLY, base + 0x13_0000, PAGE, true)
                        : new Page(EVEN_ONLY, base + 0x12_0000, PAGE, true));
        pages.add(new Page(LARGE, base + MIB_2, !odd && (pageSizes & MIB_2) != 0 ? MIB_2 : PAGE, true));
        pages.add(new Page(READ_OUT, READ_OUT, PAGE, true));
        return pages;
    }

    /** The scratch page of a domain. */
    static Page scratch(int colour) {
        return new Page(SCRATCH, base(colour) + 0x14_0000, PAGE, true);
    }

    /** Where a request gets to, if {@code pages} are mapped; empty if it does not. */
    static OptionalLong reached(List<Page> pages, long iova, boolean write) {
        for (Page page : pages) {
            if (page.contains(iova)) {
                return write && !page.write()
                        ? OptionalLong.empty()
                        : OptionalLong.of(page.output() + (iova - page.iova()));
            }
        }
        return OptionalLong.empty();
    }

    private static long base(int colour) {
        return Board.DATA_START + colour * COLOUR_BYTES;
    }
}
