package dev.hitless.iommu.driver.amdvi;

import dev.hitless.iommu.driver.support.pagetable.UnmapGather;
import java.util.List;

/**
 * A naturally aligned power of two of 4 KiB pages: all that a page-selective invalidation can name.
 *
 * @param address first byte, aligned to the span
 * @param mask address mask: {@code 1 << mask} pages, 0..52
 */
record PageSpan(long address, int mask) {
    /** Every address. */
    static final PageSpan EVERYTHING = new PageSpan(0, 52);

    private static final int PAGE_SHIFT = 12;

    /** Bits 63:52 of an address are written as copies of bit 51. */
    private static final int ADDRESS_BITS = 51;

    /** The smallest span that can be named and holds {@code lengthBytes} (unsigned, not 0) from {@code address}. */
    static PageSpan covering(long address, long lengthBytes) {
        long differing = address ^ (address + lengthBytes - 1);
        int bits = Math.max(PAGE_SHIFT, Long.SIZE - Long.numberOfLeadingZeros(differing));
        boolean expressible = bits < ADDRESS_BITS && address >>> ADDRESS_BITS == 0;
        return !expressible ? EVERYTHING : new PageSpan(address & (-1L << bits), bits - PAGE_SHIFT);
    }

    /** One span for each range removed. */
    static List<PageSpan> covering(UnmapGather gather) {
        return gather.ranges().stream()
                .map(range -> covering(range.iova(), range.lengthBytes()))
                .toList();
    }

    /** Whether it is one 4 KiB page. */
    boolean isSinglePage() {
        return mask == 0;
    }

    /**
     * As commands write it (48882, 2.4.3): below the highest bit of the page number that the size fixes, all ones; that
     * bit itself zero. For everything, 0x7FFFFFFFFFFFF000. To go with S=1 unless it is a single page.
     */
    long encoded() {
        if (isSinglePage()) {
            return address;
        }
        long ones = (1L << (mask - 1 + PAGE_SHIFT)) - 1;
        return (address | ones) & (-1L << PAGE_SHIFT);
    }
}
