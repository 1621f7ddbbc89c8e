package dev.hitless.iommu.driver.support.pagetable;

/** Which page to use next. */
final class PageSizes {
    private PageSizes() {}

    /**
     * The largest page that both addresses are aligned to and that is not longer than what remains.
     *
     * @param pageSizes bit n set: pages of 2^n bytes
     * @param remainingBytes a positive multiple of the smallest size, unsigned
     */
    static long largestFitting(long pageSizes, long iova, long physical, long remainingBytes) {
        // (lowest set bit << 1) - 1 keeps the sizes that the addresses are aligned to; all of them if both are 0, since
        // 0 - 1 is all ones.
        long aligned = (Long.lowestOneBit(iova | physical) << 1) - 1;
        long notLonger = (Long.highestOneBit(remainingBytes) << 1) - 1;
        return Long.highestOneBit(pageSizes & aligned & notLonger);
    }

    /** Bytes from {@code iova} to the end of its slot or of the range, whichever comes first. */
    static long withinSlot(long slotBytes, long iova, long remainingBytes) {
        long toSlotEnd = slotBytes - (iova & (slotBytes - 1));
        return Long.compareUnsigned(toSlotEnd, remainingBytes) < 0 ? toSlotEnd : remainingBytes;
    }
}
