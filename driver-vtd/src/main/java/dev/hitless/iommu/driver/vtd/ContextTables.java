package dev.hitless.iommu.driver.vtd;

import dev.hitless.iommu.api.Errno;
import dev.hitless.iommu.api.IommuException;
import dev.hitless.iommu.api.platform.PhysicalMemory;
import dev.hitless.iommu.driver.support.memory.EntryMemory;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The root table and the context tables under it: which device uses which PASID directory. Guarded by the driver's
 * device lock.
 *
 * <p>Context tables come with the first device of their half bus and stay, also if hardware fails to take that device on:
 * the next device there, or the same once more, finds them. There are two for each of 256 buses, so they never take more
 * than 2 MiB. A device that there is no memory for leaves none.
 */
class ContextTables {
    private final EntryMemory tables;
    private final Invalidations invalidations;
    private final boolean cachingMode;
    private final long root;
    /** Context tables by the address of the root-entry half that leads to them. */
    private final Map<Long, Long> contextTables = new HashMap<>();

    /** An empty root table. Throws ENOMEM. */
    ContextTables(EntryMemory tables, Invalidations invalidations, boolean cachingMode) {
        this.tables = tables;
        this.invalidations = invalidations;
        this.cachingMode = cachingMode;
        this.root = tables.allocate(PhysicalMemory.PAGE_BYTES);
    }

    /** Physical address of the root table. */
    long root() {
        return root;
    }

    /**
     * Lets requests of {@code sourceIds} use a PASID directory.
     *
     * @param word0 as {@link ContextEntry#word0} makes it
     * @throws IommuException ENOMEM (nothing has changed), EIO, ETIMEDOUT (to be taken back by {@link #remove})
     */
    void install(List<Integer> sourceIds, long word0) {
        addTables(sourceIds);
        // All other words are zero in every entry, present or not, so one store makes it present.
        sourceIds.forEach(sourceId -> tables.publish(entryAddress(sourceId), word0));
        if (cachingMode) {
            // Root, context and PASID entries may be cached as not present, under domain id 0.
            invalidations.allContexts();
            invalidations.allPasidEntries();
            invalidations.translationsOfDomain(0);
        }
    }

    /**
     * Blocks requests of {@code sourceIds}. Their PASID entries must not be present any more. On return the PASID
     * directory is not used any more.
     *
     * @throws IommuException EIO, ETIMEDOUT; the entries are not present, but may be cached
     */
    void remove(List<Integer> sourceIds) {
        for (int sourceId : sourceIds) {
            Long table = contextTables.get(root + RootEntry.offset(sourceId));
            // Where there was no memory for a table, there is no entry either.
            if (table != null) {
                tables.publish(table + ContextEntry.offset(sourceId), 0);
            }
        }
        invalidations.contexts(sourceIds);
        // Pieces of the directory are kept along with PASID entries.
        invalidations.allPasidEntries();
    }

    /** Gives the memory back. Translation must be off. */
    void free() {
        contextTables.values().forEach(table -> tables.free(table, PhysicalMemory.PAGE_BYTES));
        contextTables.clear();
        tables.free(root, PhysicalMemory.PAGE_BYTES);
    }

    /** All that are missing, or none: what hardware has seen cannot be freed any more. */
    private void addTables(List<Integer> sourceIds) {
        Map<Long, Long> fresh = new LinkedHashMap<>();
        try {
            for (int sourceId : sourceIds) {
                long half = root + RootEntry.offset(sourceId);
                if (!contextTables.containsKey(half) && !fresh.containsKey(half)) {
                    fresh.put(half, tables.allocate(PhysicalMemory.PAGE_BYTES));
                }
            }
        } catch (IommuException e) {
            fresh.values().forEach(table -> tables.free(table, PhysicalMemory.PAGE_BYTES));
            throw e;
        }
        contextTables.putAll(fresh);
        fresh.forEach((half, table) -> tables.publish(half, RootEntry.pointingTo(table)));
    }

    private long entryAddress(int sourceId) {
        Long table = contextTables.get(root + RootEntry.offset(sourceId));
        if (table == null) {
            throw new IllegalStateException("no context table for 0x" + Integer.toHexString(sourceId) + " yet");
        }
        return table + ContextEntry.offset(sourceId);
    }

    /** Throws EINVAL unless {@code sourceId} is a bus:device.function of 16 bits. */
    static void requireSourceId(String device, int sourceId) {
        if (sourceId < 0 || sourceId > 0xFFFF) {
            throw new IommuException(
                    Errno.EINVAL,
                    "device " + device + " has requester id 0x" + Integer.toHexString(sourceId)
                            + "; VT-d carries bus:device.function in 16 bits");
        }
    }
}
