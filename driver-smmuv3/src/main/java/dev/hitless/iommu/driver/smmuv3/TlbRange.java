package dev.hitless.iommu.driver.smmuv3;

import java.util.ArrayList;
import java.util.List;

/**
 * A range of {@code (num + 1) << scale} pages of 4 KiB, as one TLBI command can name it (IHI 0070 4.4.1.1).
 *
 * @param address first address
 * @param scale 0..31
 * @param num 0..31
 */
record TlbRange(long address, int scale, int num) {
    private static final int PAGE_SHIFT = 12;
    private static final int MOST_UNITS = 32;

    /** Ranges that make up {@code lengthBytes} from {@code address}, both multiples of 4 KiB. */
    static List<TlbRange> covering(long address, long lengthBytes) {
        List<TlbRange> ranges = new ArrayList<>();
        long pages = lengthBytes >>> PAGE_SHIFT;
        long at = address;
        while (pages != 0) {
            // As Linux does it: the lowest bits first, so that each next range has a larger scale.
            int scale = Long.numberOfTrailingZeros(pages);
            long units = pages >>> scale & (MOST_UNITS - 1);
            ranges.add(new TlbRange(at, scale, (int) units - 1));
            at += units << (scale + PAGE_SHIFT);
            pages -= units << scale;
        }
        return ranges;
    }

    /** A single page is not a range: TG with NUM, SCALE and TTL all 0 is reserved. */
    boolean isSinglePage() {
        return scale == 0 && num == 0;
    }
}
