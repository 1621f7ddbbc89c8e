package dev.hitless.iommu.hardware.smmuv3;

import dev.hitless.iommu.api.platform.PhysicalMemory;
import dev.hitless.iommu.hardware.CpuPageTable;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongUnaryOperator;

/**
 * A VMSAv8-64 stage-1 table as a CPU's memory management builds it: 4 KiB granule, the lower half, non-global leaves,
 * accessed, user accessible, inner shareable, memory attribute index 0. Three levels make 39 bits of address (T0SZ 25),
 * four make 48 (T0SZ 16).
 */
final class ArmPageTable implements CpuPageTable {
    private static final int USUAL_LEVELS = 4;
    private static final int LEAST_LEVELS = 3;
    private static final int PAGE_SHIFT = 12;
    private static final int BITS_PER_LEVEL = 9;
    private static final int ENTRIES = 1 << BITS_PER_LEVEL;
    private static final int MOST_BLOCK_HEIGHT = 2;

    private static final long VALID_TABLE_OR_PAGE = 0b11;
    private static final long VALID_BLOCK = 0b01;
    private static final long USER = 1L << 6;
    private static final long READ_ONLY = 1L << 7;
    private static final long INNER_SHAREABLE = 3L << 8;
    private static final long ACCESSED = 1L << 10;
    private static final long NOT_GLOBAL = 1L << 11;
    private static final long PRIVILEGED_EXECUTE_NEVER = 1L << 53;
    private static final long NEXT_TABLE = 0x0000_FFFF_FFFF_F000L;

    /** A table, as the builder knows it: tables hold pointers that {@code pointerOf} may have changed. */
    private static final class Table {
        private final long address;
        private final Table[] children = new Table[ENTRIES];

        Table(long address) {
            this.address = address;
        }
    }

    private final PhysicalMemory memory;
    private final LongUnaryOperator pointerOf;
    private final int levels;
    private final List<Long> pages = new ArrayList<>();
    private final Table root;

    /** An empty table. {@code levels} is 3 or 4; 0 stands for 4. */
    ArmPageTable(PhysicalMemory memory, int levels, LongUnaryOperator pointerOf) {
        int wanted = levels == 0 ? USUAL_LEVELS : levels;
        if (wanted < LEAST_LEVELS || wanted > USUAL_LEVELS) {
            throw new IllegalArgumentException(
                    "a VMSAv8-64 page table of " + levels + " levels is not modelled; use 3 or 4, or 0 for 4");
        }
        this.memory = memory;
        this.pointerOf = pointerOf;
        this.levels = wanted;
        this.root = newTable();
    }

    @Override
    public long rootAddress() {
        return root.address;
    }

    @Override
    public int levels() {
        return levels;
    }

    @Override
    public int addressBits() {
        return PAGE_SHIFT + BITS_PER_LEVEL * levels;
    }

    @Override
    public void map(long address, long target, long lengthBytes, boolean write) {
        int height = height(lengthBytes);
        if (((address | target) & (lengthBytes - 1)) != 0) {
            throw new IllegalArgumentException(
                    String.format("0x%x -> 0x%x is not aligned to its length 0x%x", address, target, lengthBytes));
        }
        Table table = root;
        for (int above = levels - 1; above > height; above--) {
            table = child(table, index(address, above));
        }
        long leaf = target
                | (height == 0 ? VALID_TABLE_OR_PAGE : VALID_BLOCK)
                | USER
                | (write ? 0 : READ_ONLY)
                | INNER_SHAREABLE
                | ACCESSED
                | NOT_GLOBAL
                | PRIVILEGED_EXECUTE_NEVER;
        store(table, index(address, height), leaf);
    }

    @Override
    public void unmap(long address, long lengthBytes) {
        int height = height(lengthBytes);
        Table table = root;
        for (int above = levels - 1; above > height; above--) {
            Table next = table.children[index(address, above)];
            if (next == null) {
                throw new IllegalArgumentException(String.format("nothing is mapped at 0x%x", address));
            }
            table = next;
        }
        store(table, index(address, height), 0);
    }

    /** Physical addresses of the pages that hold tables. */
    List<Long> pages() {
        return List.copyOf(pages);
    }

    @Override
    public void free() {
        pages.forEach(page -> memory.free(page, PhysicalMemory.PAGE_BYTES));
        pages.clear();
    }

    private Table child(Table table, int index) {
        Table next = table.children[index];
        if (next == null) {
            next = newTable();
            table.children[index] = next;
            store(table, index, (pointerOf.applyAsLong(next.address) & NEXT_TABLE) | VALID_TABLE_OR_PAGE);
        }
        return next;
    }

    private Table newTable() {
        long page = memory.allocate(PhysicalMemory.PAGE_BYTES, true);
        memory.cleanCache(page, PhysicalMemory.PAGE_BYTES);
        memory.writeBarrier();
        pages.add(page);
        return new Table(page);
    }

    /** The CPU's memory management publishes each entry before it goes on. */
    private void store(Table table, int index, long descriptor) {
        long address = table.address + (long) index * Long.BYTES;
        memory.store64(address, descriptor);
        memory.cleanCache(address, Long.BYTES);
        memory.writeBarrier();
    }

    private int index(long address, int height) {
        if (address >>> addressBits() != 0) {
            throw new IllegalArgumentException(
                    String.format("address 0x%x is beyond the table's %d bits", address, addressBits()));
        }
        return (int) (address >>> (PAGE_SHIFT + BITS_PER_LEVEL * height)) & (ENTRIES - 1);
    }

    /** Levels between the leaf's and the last: 0 for pages, 1 for 2 MiB, 2 for 1 GiB. */
    private static int height(long lengthBytes) {
        for (int height = 0; height <= MOST_BLOCK_HEIGHT; height++) {
            if (lengthBytes == 1L << (PAGE_SHIFT + BITS_PER_LEVEL * height)) {
                return height;
            }
        }
        throw new IllegalArgumentException(String.format(
                "no page of 0x%x bytes in VMSAv8-64 with a 4 KiB granule; use 4 KiB, 2 MiB or 1 GiB", lengthBytes));
    }
}
