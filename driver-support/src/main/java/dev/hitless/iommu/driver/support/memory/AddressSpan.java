package dev.hitless.iommu.driver.support.memory;

import dev.hitless.iommu.driver.support.pagetable.UnmapGather;
import java.util.List;

/**
 * A naturally aligned power of two of 4 KiB pages: all that one page-selective invalidation can name.
 *
 * @param address first byte, aligned to the span
 * @param log2Pages {@code 1 << log2Pages} pages, 0..51; 52 for every address
 */
public record AddressSpan(long address, int log2Pages) {
    /** Every address. */
    public static final AddressSpan EVERYTHING = new AddressSpan(0, 52);

    private static final int PAGE_SHIFT = 12;

    /** The smallest span that holds {@code lengthBytes} (unsigned, not 0) from {@code address}. */
    public static AddressSpan covering(long address, long lengthBytes) {
        long differing = address ^ (address + lengthBytes - 1);
        int bits = Math.max(PAGE_SHIFT, Long.SIZE - Long.numberOfLeadingZeros(differing));
        return bits >= Long.SIZE ? EVERYTHING : new AddressSpan(address & -1L << bits, bits - PAGE_SHIFT);
    }

    /** One span for each range that was removed. */
    public static List<AddressSpan> covering(UnmapGather gather) {
        return gather.ranges().stream()
                .map(range -> covering(range.iova(), range.lengthBytes()))
                .toList();
    }

    /** {@code spans}, or everything if they are more than {@code most}: beyond, naming each is the greater evil. */
    public static List<AddressSpan> atMost(int most, List<AddressSpan> spans) {
        return spans.size() <= most ? spans : List.of(EVERYTHING);
    }

    /** Whether it is one 4 KiB page. */
    public boolean isSinglePage() {
        return log2Pages == 0;
    }

    /**
     * Address and size in one, as PCI Express ATS writes them (10.3.1): below the highest bit of the page number that the
     * size fixes, all ones; that bit itself zero. To go with S = 1 unless it is a single page. For everything,
     * 0x7FFFFFFFFFFFF000.
     */
    public long sizedAddress() {
        if (isSinglePage()) {
            return address;
        }
        long ones = (1L << (log2Pages - 1 + PAGE_SHIFT)) - 1;
        return (address | ones) & -1L << PAGE_SHIFT;
    }
}
