package dev.hitless.iommu.driver.support.pagetable;

import dev.hitless.iommu.api.Errno;
import dev.hitless.iommu.api.IommuException;

/** Checks of the addresses that a caller hands in. Address arithmetic is unsigned, up to the full 64 bits. */
final class IovaRange {
    private IovaRange() {}

    /** Throws EINVAL unless {@code [iova, iova + lengthBytes)} is a non-empty range of whole granules within the format. */
    static void requireValid(PageTableFormat format, long iova, long lengthBytes) {
        long granule = Long.lowestOneBit(format.pageSizes());
        if (lengthBytes == 0) {
            throw invalid(
                    format,
                    "length 0 of the range at 0x%x; a range has at least one granule of 0x%x bytes",
                    iova,
                    granule);
        }
        requireAligned(format, "I/O address", iova, granule);
        requireAligned(format, "length", lengthBytes, granule);
        long last = iova + lengthBytes - 1;
        if (Long.compareUnsigned(last, iova) < 0
                || Long.compareUnsigned(last, highest(format.inputAddressBits())) > 0) {
            throw invalid(
                    format,
                    "0x%x bytes from I/O address 0x%x do not end below 1 << %d; use lower addresses or a"
                            + " format with more levels",
                    lengthBytes,
                    iova,
                    format.inputAddressBits());
        }
    }

    /** Throws EINVAL unless the output range is aligned and within the format. */
    static void requireOutput(PageTableFormat format, long physical, long lengthBytes) {
        requireAligned(format, "physical address", physical, Long.lowestOneBit(format.pageSizes()));
        long last = physical + lengthBytes - 1;
        if (Long.compareUnsigned(last, physical) < 0
                || Long.compareUnsigned(last, highest(format.outputAddressBits())) > 0) {
            throw invalid(
                    format,
                    "0x%x bytes from physical address 0x%x do not end below 1 << %d, the output width",
                    lengthBytes,
                    physical,
                    format.outputAddressBits());
        }
    }

    /** Whether {@code iova} can be an input at all. */
    static boolean isInput(PageTableFormat format, long iova) {
        return Long.compareUnsigned(iova, highest(format.inputAddressBits())) <= 0;
    }

    private static long highest(int bits) {
        return bits == 64 ? -1L : (1L << bits) - 1;
    }

    private static void requireAligned(PageTableFormat format, String what, long value, long granule) {
        if ((value & (granule - 1)) != 0) {
            throw invalid(format, "%s 0x%x is not a multiple of 0x%x, the granule", what, value, granule);
        }
    }

    private static IommuException invalid(PageTableFormat format, String text, Object... values) {
        return new IommuException(Errno.EINVAL, String.format(text, values) + " (format " + format.name() + ")");
    }
}
