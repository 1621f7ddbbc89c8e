package dev.hitless.iommu.driver.amdvi;

import dev.hitless.iommu.api.IommuException;
import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.api.platform.PhysicalMemory;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * The GCR3 table of a device: which v2 table is behind which PASID (48882, 2.2.6.3). As deep as the device's PASIDs need,
 * from the beginning, so it is never exchanged for a deeper one.
 *
 * <pre>
 *  63     52 51                    12 11     1   0
 * +---------+------------------------+--------+-----+
 * |    0    | address of table       |   0    |  V  |  next GCR3 page, or in the leaf a v2 root
 * +---------+------------------------+--------+-----+
 *  PASID [9L+8:9L] is the index at level L; level 0 is the leaf.
 * </pre>
 */
final class Gcr3Table {
    /** An entry that leads nowhere: DMA is aborted. */
    static final long NOT_VALID = 0;

    private static final long VALID = 1;
    private static final long ADDRESS = 0x000F_FFFF_FFFF_F000L;
    private static final int BITS_PER_LEVEL = 9;
    private static final int INDEX_MASK = (1 << BITS_PER_LEVEL) - 1;

    private final PhysicalMemory memory;
    private final int levels;
    private final long root;
    private final List<Long> pages = new ArrayList<>();

    /**
     * A table without valid entries.
     *
     * @param pasidBits 0: PASID 0 only
     * @throws IommuException ENOMEM
     */
    Gcr3Table(PhysicalMemory memory, int pasidBits) {
        this.memory = memory;
        this.levels = Math.max(1, (pasidBits + BITS_PER_LEVEL - 1) / BITS_PER_LEVEL);
        this.root = allocate(1).remove();
    }

    /** The entry that leads to the v2 table at {@code root}. */
    static long entry(long root) {
        return root | VALID;
    }

    /** How many PASIDs a table of {@code levels} has entries for. */
    static int reach(int levels) {
        return 1 << (BITS_PER_LEVEL * levels);
    }

    long root() {
        return root;
    }

    int levels() {
        return levels;
    }

    /**
     * Sees to it that {@code pasid} has an entry. Pages are published once they are filled with zeroes.
     *
     * @throws IommuException ENOMEM; nothing has changed then
     */
    void addLeaf(Pasid pasid) {
        Deque<Long> fresh = allocate(missingLevels(pasid));
        long page = root;
        for (int level = levels - 1; level > 0; level--) {
            long slot = slot(page, pasid, level);
            if ((memory.load64(slot) & VALID) == 0) {
                publish(slot, fresh.remove() | VALID);
            }
            page = memory.load64(slot) & ADDRESS;
        }
    }

    private int missingLevels(Pasid pasid) {
        long page = root;
        for (int level = levels - 1; level > 0; level--) {
            long entry = memory.load64(slot(page, pasid, level));
            if ((entry & VALID) == 0) {
                return level;
            }
            page = entry & ADDRESS;
        }
        return 0;
    }

    /** All that is needed, or nothing. */
    private Deque<Long> allocate(int count) {
        Deque<Long> fresh = new ArrayDeque<>();
        try {
            for (int i = 0; i < count; i++) {
                fresh.add(memory.allocate(PhysicalMemory.PAGE_BYTES, true));
            }
        } catch (IommuException e) {
            fresh.forEach(page -> memory.free(page, PhysicalMemory.PAGE_BYTES));
            throw e;
        }
        if (count > 0) {
            memory.writeBarrier();
        }
        pages.addAll(fresh);
        return fresh;
    }

    /** The entry of {@code pasid}. */
    long load(Pasid pasid) {
        long page = leafPage(pasid);
        return page == 0 ? NOT_VALID : memory.load64(slot(page, pasid, 0));
    }

    /** Puts {@code entry} behind {@code pasid}, whose leaf is there, with one 64-bit store. */
    void store(Pasid pasid, long entry) {
        publish(slot(leafPage(pasid), pasid, 0), entry);
    }

    /** Frees all pages. Hardware must have forgotten the table. */
    void free() {
        pages.forEach(page -> memory.free(page, PhysicalMemory.PAGE_BYTES));
        pages.clear();
    }

    /** 0 if there is none. */
    private long leafPage(Pasid pasid) {
        long page = root;
        for (int level = levels - 1; level > 0; level--) {
            long entry = memory.load64(slot(page, pasid, level));
            if ((entry & VALID) == 0) {
                return 0;
            }
            page = entry & ADDRESS;
        }
        return page;
    }

    private void publish(long address, long value) {
        memory.store64(address, value);
        memory.writeBarrier();
    }

    private static long slot(long page, Pasid pasid, int level) {
        return page + ((pasid.value() >>> (BITS_PER_LEVEL * level)) & INDEX_MASK) * (long) Long.BYTES;
    }
}
