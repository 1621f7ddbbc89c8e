package dev.hitless.iommu.driver.support.pagetable;

import dev.hitless.iommu.api.Errno;
import dev.hitless.iommu.api.IommuException;
import dev.hitless.iommu.api.Protection;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * One map, in three passes: {@link #surveyLive} refuses what is mapped already and counts the tables to come, all of them
 * are allocated, {@link #fill} writes. So whatever can fail comes before the first store to a table that hardware sees.
 */
final class MapOperation {
    /** A pointer that makes a new subtree reachable. */
    private record Link(Table parent, int slot, Table child) {}

    private final PageTableFormat format;
    private final TableMemory tables;
    private final Protection protection;
    private final int[] needed;
    private final List<Link> links = new ArrayList<>();

    private MapOperation(PageTableFormat format, TableMemory tables, Protection protection) {
        this.format = format;
        this.tables = tables;
        this.protection = protection;
        this.needed = new int[format.levels()];
    }

    /**
     * Maps. The caller has checked the arguments.
     *
     * @throws IommuException EEXIST, ENOMEM; nothing has changed then
     */
    static void run(
            PageTableFormat format,
            TableMemory tables,
            Table root,
            long iova,
            long physical,
            long lengthBytes,
            Protection protection) {
        MapOperation operation = new MapOperation(format, tables, protection);
        operation.surveyLive(root, iova, physical, lengthBytes);
        List<Deque<Table>> pool = tables.allocateAll(operation.needed);
        operation.fill(root, true, pool, iova, physical, lengthBytes);
        operation.publish();
    }

    private void surveyLive(Table table, long iova, long physical, long remaining) {
        while (remaining != 0) {
            long page = PageSizes.largestFitting(format.pageSizes(), iova, physical, remaining);
            boolean leafHere = format.leafLevel(page) == table.level;
            long part = PageSizes.withinSlot(tables.slotBytes(table), iova, remaining);
            long entry = tables.load(table, tables.slot(table, iova));
            if (!format.isPresent(table.level, entry)) {
                if (!leafHere) {
                    surveyAbsent(table.level - 1, iova, physical, part);
                }
            } else if (leafHere || format.isLeaf(table.level, entry)) {
                throw mappedAlready(iova, part);
            } else {
                surveyLive(tables.child(table.level, entry), iova, physical, part);
            }
            iova += part;
            physical += part;
            remaining -= part;
        }
    }

    /** Counts a table of {@code level} for this range and all that it needs below. */
    private void surveyAbsent(int level, long iova, long physical, long remaining) {
        needed[level]++;
        while (remaining != 0) {
            long page = PageSizes.largestFitting(format.pageSizes(), iova, physical, remaining);
            boolean leafHere = format.leafLevel(page) == level;
            long part = leafHere ? page : PageSizes.withinSlot(1L << format.indexShift(level), iova, remaining);
            if (!leafHere) {
                surveyAbsent(level - 1, iova, physical, part);
            }
            iova += part;
            physical += part;
            remaining -= part;
        }
    }

    /** Writes pages into {@code table} and below. New tables are filled before anything leads to them. */
    private void fill(Table table, boolean live, List<Deque<Table>> pool, long iova, long physical, long remaining) {
        while (remaining != 0) {
            long page = PageSizes.largestFitting(format.pageSizes(), iova, physical, remaining);
            int slot = tables.slot(table, iova);
            long part;
            if (format.leafLevel(page) == table.level) {
                part = page;
                storePage(table, slot, physical, page, live);
            } else {
                part = PageSizes.withinSlot(tables.slotBytes(table), iova, remaining);
                long entry = live ? tables.load(table, slot) : 0;
                if (live && format.isPresent(table.level, entry)) {
                    fill(tables.child(table.level, entry), true, pool, iova, physical, part);
                } else {
                    Table child = pool.get(table.level - 1).remove();
                    fill(child, false, pool, iova, physical, part);
                    link(table, slot, child, live);
                }
            }
            iova += part;
            physical += part;
            remaining -= part;
        }
        if (!live) {
            tables.clean(table);
        }
    }

    private void storePage(Table table, int slot, long physical, long page, boolean live) {
        int slots = (int) (page >>> format.indexShift(table.level));
        for (int i = 0; i < slots; i++) {
            tables.store(table, slot + i, format.leaf(table.level, physical, page, i, protection));
        }
        table.occupied(slots);
        if (live) {
            tables.clean(table, slot, slots);
        }
    }

    private void link(Table parent, int slot, Table child, boolean live) {
        parent.occupied(1);
        if (live) {
            links.add(new Link(parent, slot, child));
        } else {
            tables.store(parent, slot, format.table(parent.level, child.address));
        }
    }

    /** First the barrier that makes new tables visible, then the pointers to them, then the barrier for those. */
    private void publish() {
        if (!links.isEmpty()) {
            tables.barrier();
        }
        for (Link link : links) {
            tables.store(link.parent, link.slot, format.table(link.parent.level, link.child.address));
            tables.clean(link.parent, link.slot, 1);
        }
        tables.barrier();
    }

    private IommuException mappedAlready(long iova, long bytes) {
        return new IommuException(
                Errno.EEXIST,
                String.format(
                        "some of [0x%x, 0x%x] is mapped already; unmap it first (format %s)",
                        iova, iova + bytes - 1, format.name()));
    }
}
