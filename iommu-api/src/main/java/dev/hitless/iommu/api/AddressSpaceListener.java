package dev.hitless.iommu.api;

/** What a driver must hear of a shared address space. The memory management calls it; the calls may not fail. */
public interface AddressSpaceListener {
    /**
     * Translations in the range were removed or narrowed, in the table already. On return no cache holds them.
     *
     * @param address first byte, page aligned
     * @param lengthBytes positive multiple of the page size
     */
    void invalidate(long address, long lengthBytes);

    /**
     * The address space dies: its table is freed when this returns. Every PASID that it stands behind must see aborted
     * DMA from then on; it stays attached until the core detaches it.
     */
    void released();
}
