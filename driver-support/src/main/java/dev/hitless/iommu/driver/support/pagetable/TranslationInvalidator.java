package dev.hitless.iommu.driver.support.pagetable;

/**
 * What the hardware must be told about changes of a page table. Implemented by the driver, for the domain that owns the
 * table and for all devices and PASIDs that it is attached to at the time of the call.
 *
 * <p>Called with the table's lock held, after the stores were made visible. Must not call back into the table. Lock
 * order: page table, then users of the domain, then command queue.
 */
public interface TranslationInvalidator {
    /**
     * Entries that were absent are present now. For hardware that caches absent entries (VT-d CAP.CM, AMD-Vi NpCache) or
     * buffers writes (VT-d CAP.RWBF); nothing to do for others.
     *
     * @param iova first I/O address mapped
     * @param lengthBytes bytes from there, unsigned
     * @throws dev.hitless.iommu.api.IommuException EIO, ETIMEDOUT: the mapping is taken back
     */
    default void mapped(long iova, long lengthBytes) {}

    /**
     * Makes IOMMU and devices forget what was removed, and waits until they have: translation caches (with the paging
     * structures if {@link UnmapGather#tablesRemoved}), and only after that device caches. Afterwards removed tables are
     * freed.
     *
     * @throws dev.hitless.iommu.api.IommuException EIO, ETIMEDOUT: removed tables are kept, and the range is part of the
     *     next call
     */
    void unmapped(UnmapGather gather);
}
