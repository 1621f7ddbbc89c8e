package dev.hitless.iommu.driver.support.pagetable;

import java.util.List;

/**
 * What was removed from a page table and has still to be forgotten by the hardware.
 *
 * @param ranges what was mapped, in ascending order, holes left out, at least one; neighbours of one page size are one range
 * @param tablesRemoved entries that lead to tables were removed too: paging-structure caches must be invalidated as well
 *     (VT-d IH = 0, SMMUv3 Leaf = 0, AMD-Vi PDE = 1), for the same addresses
 */
public record UnmapGather(List<UnmappedRange> ranges, boolean tablesRemoved) {
    public UnmapGather {
        ranges = List.copyOf(ranges);
        if (ranges.isEmpty()) {
            throw new IllegalArgumentException("nothing was unmapped; there is nothing to invalidate");
        }
    }

    /** The first I/O address removed. */
    public long firstIova() {
        return ranges.get(0).iova();
    }

    /** The last I/O address removed. */
    public long lastIova() {
        return ranges.get(ranges.size() - 1).lastIova();
    }

    /** Bytes from the first to the last I/O address, holes included, unsigned. */
    public long spanBytes() {
        return lastIova() - firstIova() + 1;
    }

    /** The smallest page removed: the stride that certainly meets each page. */
    public long smallestPageBytes() {
        return ranges.stream().mapToLong(UnmappedRange::pageBytes).min().orElseThrow();
    }
}
