package dev.hitless.iommu.api;

import java.util.OptionalLong;

/** A domain whose translations are made by map and unmap. Calls may come at any time, attached or not. */
public interface PagingDomain extends IommuDomain {
    /** The format of its tables. */
    PagingFormat format();

    /**
     * Maps {@code [iova, iova + lengthBytes)} to {@code [physical, physical + lengthBytes)}, with the largest pages that
     * fit. New mappings are visible to DMA on return, on hardware that caches not-present entries too.
     *
     * @param iova I/O address, aligned to the granule, {@code iova + lengthBytes <= 1 << inputAddressBits}
     * @param physical output address, aligned to the granule, within the format's output width
     * @param lengthBytes positive multiple of the granule
     * @throws IommuException EINVAL (misaligned, empty, out of range, protection that the format cannot express), EEXIST
     *     (some of it is mapped already), ENOMEM, EIO, ETIMEDOUT. Nothing has changed then.
     */
    void map(long iova, long physical, long lengthBytes, Protection protection);

    /**
     * Removes the mappings in {@code [iova, iova + lengthBytes)}. On return no DMA reaches the pages any more, from any
     * cache, through any device or PASID that the domain is attached to or being attached to. Tables that became empty
     * are freed after the invalidation was seen complete.
     *
     * @return bytes that were mapped and are no longer; holes are skipped
     * @throws IommuException EINVAL (misaligned, empty, out of range, or the range covers only part of a large page),
     *     EIO, ETIMEDOUT
     */
    long unmap(long iova, long lengthBytes);

    /**
     * The physical address that {@code iova} is mapped to by the tables now, or empty.
     *
     * @param iova any byte address
     */
    OptionalLong iovaToPhysical(long iova);
}
