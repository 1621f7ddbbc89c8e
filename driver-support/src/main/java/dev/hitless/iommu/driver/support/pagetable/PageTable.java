package dev.hitless.iommu.driver.support.pagetable;

import dev.hitless.iommu.api.Errno;
import dev.hitless.iommu.api.IommuException;
import dev.hitless.iommu.api.Protection;
import dev.hitless.iommu.api.platform.DriverLock;
import dev.hitless.iommu.api.platform.PhysicalMemory;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * A radix page table in physical memory, of any {@link PageTableFormat}: map, unmap, look up. What the hardware does
 * with it is the driver's business: it hands {@link #root} to the hardware and supplies a {@link
 * TranslationInvalidator}.
 *
 * <p>Promises to the hardware: a table is filled, cleaned where the hardware does not snoop, and ordered by a barrier
 * before anything leads to it; a table is freed only after {@link TranslationInvalidator#unmapped} returned.
 *
 * <p>Promises to the caller: an argument that is refused, and memory that runs out, change nothing and are noticed
 * before the first store to a table that the hardware can see.
 *
 * <p>Calls are serialised by the lock, invalidation included: an address whose neighbours are just being unmapped can
 * only be mapped once the hardware has forgotten the table that both had shared.
 */
public final class PageTable {
    private final PageTableFormat format;
    private final TableMemory tables;
    private final DriverLock lock;
    private final TranslationInvalidator invalidator;
    private final Table root;
    /** Removed, but the invalidation failed: the hardware may still use it. */
    private @Nullable UnmapOperation unfinished;

    private PageTable(PageTableFormat format, TableMemory tables, DriverLock lock, TranslationInvalidator invalidator) {
        this.format = format;
        this.tables = tables;
        this.lock = lock;
        this.invalidator = invalidator;
        this.root = tables.allocate(format.levels() - 1);
        tables.clean(root);
        tables.barrier();
    }

    /**
     * A new, empty page table, its root visible to the hardware.
     *
     * @param coherent whether the hardware's page walks snoop the CPU's caches; if not, every store is cleaned
     * @param lock one for each page table, not taken by the caller when it calls in
     * @throws IommuException ENOMEM
     */
    public static PageTable create(
            PageTableFormat format,
            PhysicalMemory memory,
            boolean coherent,
            DriverLock lock,
            TranslationInvalidator invalidator) {
        return new PageTable(format, new TableMemory(format, memory, coherent), lock, invalidator);
    }

    /** Physical address of the root table. Never changes. */
    public long root() {
        return root.address;
    }

    /** The format. */
    public PageTableFormat format() {
        return format;
    }

    /**
     * Maps with the largest pages that fit. Visible to the hardware on return.
     *
     * @param iova first I/O address
     * @param physical first output address
     * @param lengthBytes positive multiple of the granule, unsigned
     * @throws IommuException EINVAL, EEXIST, ENOMEM; whatever {@link TranslationInvalidator} throws. The mappings are as
     *     before then.
     */
    public void map(long iova, long physical, long lengthBytes, Protection protection) {
        IovaRange.requireValid(format, iova, lengthBytes);
        IovaRange.requireOutput(format, physical, lengthBytes);
        Optional<String> objection = format.objection(protection);
        if (objection.isPresent()) {
            throw new IommuException(
                    Errno.EINVAL, "protection " + protection + " for format " + format.name() + ": " + objection.get());
        }
        lock.with(() -> {
            finishInvalidation();
            MapOperation.run(format, tables, root, iova, physical, lengthBytes, protection);
            try {
                invalidator.mapped(iova, lengthBytes);
            } catch (IommuException e) {
                takeBack(iova, lengthBytes, e);
                throw e;
            }
        });
    }

    /**
     * Unmaps; holes are skipped. On return the hardware has forgotten the pages.
     *
     * @return bytes that were mapped and are no longer
     * @throws IommuException EINVAL (misaligned, empty, out of range, or only part of a page: nothing has changed);
     *     whatever {@link TranslationInvalidator} throws: the mappings are gone, but DMA may still reach the pages, until
     *     a later call on this table succeeds
     */
    public long unmap(long iova, long lengthBytes) {
        IovaRange.requireValid(format, iova, lengthBytes);
        lock.lock();
        try {
            finishInvalidation();
            requireWholePages(iova, lengthBytes);
            UnmapOperation operation = UnmapOperation.run(format, tables, root, iova, lengthBytes);
            unfinished = operation;
            finishInvalidation();
            return operation.unmappedBytes();
        } finally {
            lock.unlock();
        }
    }

    /** What {@code iova}, any byte address, is mapped to by the tables now. */
    public OptionalLong iovaToPhysical(long iova) {
        if (!IovaRange.isInput(format, iova)) {
            return OptionalLong.empty();
        }
        lock.lock();
        try {
            Leaf leaf = find(iova);
            if (leaf == null) {
                return OptionalLong.empty();
            }
            long offset = leaf.pageBytes - 1;
            return OptionalLong.of((leaf.physical & ~offset) | (iova & offset));
        } finally {
            lock.unlock();
        }
    }

    /**
     * Frees all tables. The hardware must not be able to reach them any more: detached everywhere, all caches
     * invalidated. The page table is of no use afterwards.
     */
    public void free() {
        lock.with(() -> {
            unfinished = null;
            tables.all().forEach(tables::free);
        });
    }

    /** Tables in memory, the root included. */
    public int tableCount() {
        lock.lock();
        try {
            return tables.all().size();
        } finally {
            lock.unlock();
        }
    }

    /** Has the hardware forget what was removed last; does nothing when it has. */
    private void finishInvalidation() {
        UnmapOperation operation = unfinished;
        if (operation == null) {
            return;
        }
        if (operation.removedSomething()) {
            invalidator.unmapped(operation.gather());
        }
        operation.freeTables();
        unfinished = null;
    }

    /** Undoes a map that the hardware could not be told about. */
    private void takeBack(long iova, long lengthBytes, IommuException cause) {
        unfinished = UnmapOperation.run(format, tables, root, iova, lengthBytes);
        try {
            finishInvalidation();
        } catch (IommuException e) {
            // Not lost: the invalidation is owed, and the next call starts with it.
            cause.addSuppressed(e);
        }
    }

    /** Refuses a range whose first or last page sticks out: splitting would need a break in a live mapping. */
    private void requireWholePages(long iova, long lengthBytes) {
        long last = iova + lengthBytes - 1;
        for (long edge : new long[] {iova, last}) {
            Leaf leaf = find(edge);
            if (leaf == null) {
                continue;
            }
            long firstOfPage = edge & -leaf.pageBytes;
            long lastOfPage = edge | (leaf.pageBytes - 1);
            if (Long.compareUnsigned(firstOfPage, iova) < 0 || Long.compareUnsigned(lastOfPage, last) > 0) {
                throw new IommuException(
                        Errno.EINVAL,
                        String.format(
                                "[0x%x, 0x%x] covers only part of the page of 0x%x bytes at 0x%x; unmap whole pages"
                                        + " (format %s)",
                                iova, last, leaf.pageBytes, firstOfPage, format.name()));
            }
        }
    }

    private record Leaf(long physical, long pageBytes) {}

    private @Nullable Leaf find(long iova) {
        Table table = root;
        while (true) {
            long entry = tables.load(table, tables.slot(table, iova));
            if (!format.isPresent(table.level, entry)) {
                return null;
            }
            if (format.isLeaf(table.level, entry)) {
                return new Leaf(format.leafAddress(table.level, entry), format.leafPageBytes(table.level, entry));
            }
            table = tables.child(table.level, entry);
        }
    }
}
