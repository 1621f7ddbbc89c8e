package dev.hitless.iommu.driver.support.pagetable;

import dev.hitless.iommu.api.IommuException;
import dev.hitless.iommu.api.platform.PhysicalMemory;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The tables of one page table in physical memory: allocation, entry access, cleaning. */
final class TableMemory {
    private final PageTableFormat format;
    private final PhysicalMemory memory;
    private final boolean coherent;
    private final Map<Long, Table> tables = new HashMap<>();

    TableMemory(PageTableFormat format, PhysicalMemory memory, boolean coherent) {
        this.format = format;
        this.memory = memory;
        this.coherent = coherent;
    }

    /** A new table of zeroes, not cleaned yet. Throws ENOMEM. */
    Table allocate(int level) {
        Table table = new Table(level, memory.allocate(format.tableBytes(level), true));
        tables.put(table.address, table);
        return table;
    }

    /** {@code counts[level]} new tables of each level, all or none. Throws ENOMEM. */
    List<Deque<Table>> allocateAll(int[] counts) {
        List<Deque<Table>> pool = new ArrayList<>();
        try {
            for (int level = 0; level < counts.length; level++) {
                Deque<Table> ofLevel = new ArrayDeque<>();
                pool.add(ofLevel);
                for (int i = 0; i < counts[level]; i++) {
                    ofLevel.add(allocate(level));
                }
            }
        } catch (IommuException e) {
            pool.forEach(ofLevel -> ofLevel.forEach(this::free));
            throw e;
        }
        return pool;
    }

    void free(Table table) {
        tables.remove(table.address);
        memory.free(table.address, format.tableBytes(table.level));
    }

    /** Every table, linked or not. A copy. */
    List<Table> all() {
        return List.copyOf(tables.values());
    }

    /** The table that the non-leaf {@code entry} leads to. */
    Table child(int level, long entry) {
        Table table = tables.get(format.tableAddress(level, entry));
        if (table == null) {
            throw new IllegalStateException(
                    String.format("entry 0x%x of level %d leads to no table of this page table", entry, level));
        }
        return table;
    }

    int slot(Table table, long iova) {
        long index = iova >>> format.indexShift(table.level);
        return (int) (index & ((1L << format.indexBits(table.level)) - 1));
    }

    /** Bytes of I/O address space that one slot of {@code table} serves. */
    long slotBytes(Table table) {
        return 1L << format.indexShift(table.level);
    }

    long load(Table table, int slot) {
        return memory.load64(table.address + 8L * slot);
    }

    /** Writes one entry; to be cleaned and made visible by the caller. */
    void store(Table table, int slot, long entry) {
        memory.store64(table.address + 8L * slot, entry);
    }

    /** Cleans some slots, if hardware does not snoop. */
    void clean(Table table, int firstSlot, int slots) {
        if (!coherent) {
            memory.cleanCache(table.address + 8L * firstSlot, 8L * slots);
        }
    }

    /** Cleans a whole table, if hardware does not snoop. */
    void clean(Table table) {
        if (!coherent) {
            memory.cleanCache(table.address, format.tableBytes(table.level));
        }
    }

    void barrier() {
        memory.writeBarrier();
    }
}
