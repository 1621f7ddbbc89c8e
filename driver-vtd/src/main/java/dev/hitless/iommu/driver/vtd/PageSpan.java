package dev.hitless.iommu.driver.vtd;

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

    /** The smallest span that holds {@code lengthBytes} (unsigned, not 0) from {@code address}. */
    static PageSpan covering(long address, long lengthBytes) {
        long differing = address ^ (address + lengthBytes - 1);
        int bits = Math.max(PAGE_SHIFT, Long.SIZE - Long.numberOfLeadingZeros(differing));
        return bits >= Long.SIZE ? EVERYTHING : new PageSpan(address & -1L << bits, bits - PAGE_SHIFT);
    }

    /** Whether it is one 4 KiB page. */
    boolean isSinglePage() {
        return mask == 0;
    }

    /**
     * As PCI Express ATS writes it: below the highest bit of the page number that the size fixes, all ones; that bit
     * itself zero. For everything, 0x7FFFFFFFFFFFF000.
     */
    long deviceAddress() {
        if (isSinglePage()) {
            return address;
        }
        long ones = (1L << (mask - 1 + PAGE_SHIFT)) - 1;
        return (address | ones) & -1L << PAGE_SHIFT;
    }
}
