package dev.hitless.iommu.conformance.trace;

/**
 * The content of physical memory at one moment. Pages are shared with the live memory until it changes them.
 *
 * <p>Physical memory starts at {@link #BASE} and grows; addresses are never reused, so that a use after free stays
 * visible as one.
 */
public final class MemoryImage {
    /** First physical address. */
    public static final long BASE = 0x1_0000_0000L;

    private static final int WORDS_PER_PAGE = 512;

    private final long[][] pages;
    private final int pageCount;

    MemoryImage(long[][] pages, int pageCount) {
        this.pages = pages;
        this.pageCount = pageCount;
    }

    /** Index of the page that holds {@code address}; may be out of range. */
    public static long pageIndex(long address) {
        return (address - BASE) >>> 12;
    }

    /** Number of pages handed out so far, freed ones included. */
    public int pageCount() {
        return pageCount;
    }

    /** Whether there was memory at {@code address}. */
    public boolean isMemory(long address) {
        long index = pageIndex(address);
        return index >= 0 && index < pageCount && pages[(int) index] != null;
    }

    /** The word at {@code address}, which must be memory. */
    public long word(long address) {
        return pages[(int) pageIndex(address)][(int) ((address >>> 3) & (WORDS_PER_PAGE - 1))];
    }
}
