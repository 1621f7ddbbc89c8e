package dev.hitless.iommu.hardware.amdvi;

import dev.hitless.iommu.api.platform.PhysicalMemory;
import dev.hitless.iommu.hardware.CpuPageTable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.LongUnaryOperator;

/**
 * An x86-64 page table, as a CPU's memory management would build it; for an entry's layout see {@code GuestTableWalk}.
 * Every change is visible to the IOMMU on return.
 */
final class X86PageTable implements CpuPageTable {
    static final int USUAL_LEVELS = 4;

    private static final long PRESENT = 1;
    private static final long WRITABLE = 1 << 1;
    private static final long USER = 1 << 2;
    private static final long ACCESSED = 1 << 5;
    private static final long DIRTY = 1 << 6;
    private static final long LARGE = 1 << 7;

    private final PhysicalMemory memory;
    private final int levels;
    private final LongUnaryOperator pointerOf;
    private final long root;
    /** Physical address of the table behind each directory entry, by the entry's address. */
    private final Map<Long, Long> tables = new LinkedHashMap<>();

    /** {@code levels} is 4 or 5. */
    X86PageTable(PhysicalMemory memory, int levels, LongUnaryOperator pointerOf) {
        if (levels != 4 && levels != 5) {
            throw new IllegalArgumentException("x86-64 page tables have 4 or 5 levels, not " + levels);
        }
        this.memory = memory;
        this.levels = levels;
        this.pointerOf = pointerOf;
        this.root = memory.allocate(PhysicalMemory.PAGE_BYTES, true);
        memory.writeBarrier();
    }

    @Override
    public long rootAddress() {
        return root;
    }

    @Override
    public int levels() {
        return levels;
    }

    @Override
    public int addressBits() {
        return 12 + 9 * levels;
    }

    /** Physical addresses of all tables, the root first. */
    Iterable<Long> pages() {
        List<Long> pages = new ArrayList<>();
        pages.add(root);
        pages.addAll(tables.values());
        return pages;
    }

    @Override
    public void map(long address, long target, long lengthBytes, boolean write) {
        int leafLevel = leafLevel(address, lengthBytes);
        if ((target & (lengthBytes - 1)) != 0) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT, "target 0x%x is not aligned to the page size 0x%x", target, lengthBytes));
        }
        long table = root;
        for (int level = levels; level > leafLevel; level--) {
            table = nextTable(entryAddress(table, address, level));
        }
        long rights = PRESENT | USER | ACCESSED | (write ? WRITABLE | DIRTY : 0);
        memory.store64(entryAddress(table, address, leafLevel), target | rights | (leafLevel > 1 ? LARGE : 0));
        memory.writeBarrier();
    }

    private long nextTable(long entryAddress) {
        Long known = tables.get(entryAddress);
        if (known != null) {
            return known;
        }
        if ((memory.load64(entryAddress) & PRESENT) != 0) {
            throw new IllegalStateException("a large page is mapped where a smaller one is asked for; unmap it first");
        }
        long table = memory.allocate(PhysicalMemory.PAGE_BYTES, true);
        memory.writeBarrier();
        memory.store64(entryAddress, pointerOf.applyAsLong(table) | PRESENT | WRITABLE | USER | ACCESSED);
        tables.put(entryAddress, table);
        return table;
    }

    @Override
    public void unmap(long address, long lengthBytes) {
        int leafLevel = leafLevel(address, lengthBytes);
        long table = root;
        for (int level = levels; level > leafLevel; level--) {
            Long next = tables.get(entryAddress(table, address, level));
            if (next == null) {
                throw new IllegalArgumentException(String.format(Locale.ROOT, "nothing is mapped at 0x%x", address));
            }
            table = next;
        }
        memory.store64(entryAddress(table, address, leafLevel), 0);
        memory.writeBarrier();
    }

    @Override
    public void free() {
        tables.values().forEach(table -> memory.free(table, PhysicalMemory.PAGE_BYTES));
        tables.clear();
        memory.free(root, PhysicalMemory.PAGE_BYTES);
    }

    private static long entryAddress(long table, long address, int level) {
        return table + (address >>> (3 + 9 * level) & 0x1FF) * 8;
    }

    private int leafLevel(long address, long lengthBytes) {
        for (int level = 1; level <= 3; level++) {
            if (lengthBytes == 1L << (3 + 9 * level)) {
                if ((address & (lengthBytes - 1)) != 0) {
                    throw new IllegalArgumentException(String.format(
                            Locale.ROOT, "address 0x%x is not aligned to the page size 0x%x", address, lengthBytes));
                }
                return level;
            }
        }
        throw new IllegalArgumentException(
                String.format(Locale.ROOT, "x86-64 has no page of 0x%x bytes: 4 KiB, 2 MiB or 1 GiB", lengthBytes));
    }
}
