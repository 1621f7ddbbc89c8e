package dev.hitless.iommu.driver.support.pagetable;

/**
 * Pages of one size that lay side by side and were removed.
 *
 * @param iova first I/O address
 * @param lengthBytes bytes from there, a multiple of the page size, unsigned
 * @param pageBytes size of each page
 */
public record UnmappedRange(long iova, long lengthBytes, long pageBytes) {
    /** The last I/O address. */
    public long lastIova() {
        return iova + lengthBytes - 1;
    }

    @Override
    public String toString() {
        return String.format("[0x%x, 0x%x] in pages of 0x%x", iova, lastIova(), pageBytes);
    }
}
