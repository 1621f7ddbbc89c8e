package dev.hitless.iommu.driver.support.pagetable;

import java.util.ArrayList;
import java.util.List;

/** One unmap: clears entries, unlinks tables that became empty, and collects what the hardware has to forget. */
final class UnmapOperation {
    private final PageTableFormat format;
    private final TableMemory tables;
    private final List<UnmappedRange> ranges = new ArrayList<>();
    private final List<Table> unlinked = new ArrayList<>();
    private long unmappedBytes;

    private UnmapOperation(PageTableFormat format, TableMemory tables) {
        this.format = format;
        this.tables = tables;
    }

    /** Removes; the caller has checked that no page is cut. Visible to hardware on return, but nothing is invalidated. */
    static UnmapOperation run(PageTableFormat format, TableMemory tables, Table root, long iova, long lengthBytes) {
        UnmapOperation operation = new UnmapOperation(format, tables);
        operation.clear(root, iova, lengthBytes);
        tables.barrier();
        return operation;
    }

    long unmappedBytes() {
        return unmappedBytes;
    }

    /** Whether anything was removed. */
    boolean removedSomething() {
        return !ranges.isEmpty();
    }

    UnmapGather gather() {
        return new UnmapGather(ranges, !unlinked.isEmpty());
    }

    /** Gives unlinked tables back. Only after the hardware has forgotten them. */
    void freeTables() {
        unlinked.forEach(tables::free);
        unlinked.clear();
    }

    private void clear(Table table, long iova, long remaining) {
        while (remaining != 0) {
            long part = PageSizes.withinSlot(tables.slotBytes(table), iova, remaining);
            int slot = tables.slot(table, iova);
            long entry = tables.load(table, slot);
            if (format.isPresent(table.level, entry)) {
                if (format.isLeaf(table.level, entry)) {
                    collect(table, iova, entry);
                    clearSlot(table, slot);
                } else {
                    clearBelow(table, slot, tables.child(table.level, entry), iova, part);
                }
            }
            iova += part;
            remaining -= part;
        }
    }

    private void clearBelow(Table table, int slot, Table child, long iova, long part) {
        if (part == tables.slotBytes(table)) {
            // The whole subtree goes: cutting it off by one store is all that hardware needs to see.
            collectAll(child, iova);
            clearSlot(table, slot);
            return;
        }
        clear(child, iova, part);
        if (child.isEmpty()) {
            clearSlot(table, slot);
            unlinked.add(child);
        }
    }

    /** Collects every page under {@code table}, which serves I/O addresses from {@code iova}, and the tables themselves. */
    private void collectAll(Table table, long iova) {
        unlinked.add(table);
        int slots = 1 << format.indexBits(table.level);
        for (int slot = 0; slot < slots && !table.isEmpty(); slot++) {
            long entry = tables.load(table, slot);
            if (!format.isPresent(table.level, entry)) {
                continue;
            }
            long at = iova + slot * tables.slotBytes(table);
            if (format.isLeaf(table.level, entry)) {
                collect(table, at, entry);
            } else {
                collectAll(tables.child(table.level, entry), at);
            }
            table.vacated(1);
        }
    }

    private void clearSlot(Table table, int slot) {
        tables.store(table, slot, 0);
        tables.clean(table, slot, 1);
        table.vacated(1);
    }

    private void collect(Table table, long iova, long entry) {
        long bytes = tables.slotBytes(table);
        long pageBytes = format.leafPageBytes(table.level, entry);
        unmappedBytes += bytes;
        if (!ranges.isEmpty()) {
            UnmappedRange last = ranges.get(ranges.size() - 1);
            if (last.pageBytes() == pageBytes && last.lastIova() + 1 == iova) {
                ranges.set(ranges.size() - 1, new UnmappedRange(last.iova(), last.lengthBytes() + bytes, pageBytes));
                return;
            }
        }
        ranges.add(new UnmappedRange(iova, bytes, pageBytes));
    }
}
