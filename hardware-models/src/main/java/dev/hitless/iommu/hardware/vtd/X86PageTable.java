package dev.hitless.iommu.hardware.vtd;

import dev.hitless.iommu.api.platform.PhysicalMemory;
import dev.hitless.iommu.hardware.CpuPageTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.LongUnaryOperator;

/**
 * An x86-64 page table with 4 or 5 levels, as the memory management of a CPU or of a guest would build it: user
 * accessible, accessed flags set, dirty where writable. Addresses are those of the lower (user) half.
 *
 * <p>Every change is cleaned from the CPU's caches and ordered before the next one, so that it is right also where the
 * IOMMU does not snoop page walks; what is under test is the driver, not this.
 */
final class X86PageTable implements CpuPageTable {
    private static final int USUAL_LEVELS = 4;
    private static final long PRESENT_WRITABLE_USER = 0b111;
    private static final long WRITABLE = 1L << 1;
    private static final long ACCESSED = 1L << 5;
    private static final long DIRTY = 1L << 6;
    private static final long PAGE_SIZE = 1L << 7;
    /** Ignored by CPUs; spares an IOMMU with EAFE a write. */
    private static final long EXTENDED_ACCESSED = 1L << 10;

    private static final int GIANT = 30;
    private static final int LARGE = 21;
    private static final int SMALL = 12;

    private final PhysicalMemory memory;
    private final int levels;
    private final LongUnaryOperator pointerOf;
    /** Tables by number; entry {@code n} of the software side of a table is the number of the table below it. */
    private final List<Node> nodes = new ArrayList<>();

    private record Node(long address, int[] children) {}

    X86PageTable(PhysicalMemory memory, int levels, LongUnaryOperator pointerOf) {
        if (levels != 0 && levels != 4 && levels != 5) {
            throw new IllegalArgumentException("x86-64 page table with " + levels + " levels; use 4, 5, or 0 for 4");
        }
        this.memory = memory;
        this.levels = levels == 0 ? USUAL_LEVELS : levels;
        this.pointerOf = pointerOf;
        newNode();
    }

    private int newNode() {
        nodes.add(new Node(memory.allocate(PhysicalMemory.PAGE_BYTES, true), new int[512]));
        Node node = nodes.get(nodes.size() - 1);
        memory.cleanCache(node.address, PhysicalMemory.PAGE_BYTES);
        memory.writeBarrier();
        return nodes.size() - 1;
    }

    @Override
    public long rootAddress() {
        return nodes.get(0).address;
    }

    @Override
    public int levels() {
        return levels;
    }

    @Override
    public int addressBits() {
        return 12 + 9 * levels - 1;
    }

    @Override
    public void map(long address, long target, long lengthBytes, boolean write) {
        int shift = shift(lengthBytes);
        check(address, lengthBytes);
        if ((target & (lengthBytes - 1)) != 0 || target >>> VtdCapabilities.HOST_ADDRESS_BITS != 0) {
            throw new IllegalArgumentException("target 0x" + Long.toHexString(target) + " is not aligned to "
                    + lengthBytes + " bytes, or beyond 52 bits");
        }
        long entry = target | PRESENT_WRITABLE_USER | ACCESSED | EXTENDED_ACCESSED;
        entry = write ? entry | DIRTY : entry & ~WRITABLE;
        store(leafSlot(address, shift, true), shift == SMALL ? entry : entry | PAGE_SIZE);
    }

    @Override
    public void unmap(long address, long lengthBytes) {
        int shift = shift(lengthBytes);
        check(address, lengthBytes);
        store(leafSlot(address, shift, false), 0);
    }

    /** Physical addresses of all tables. */
    List<Long> pages() {
        return nodes.stream().map(Node::address).toList();
    }

    @Override
    public void free() {
        for (Node node : nodes) {
            memory.free(node.address, PhysicalMemory.PAGE_BYTES);
        }
        nodes.clear();
    }

    private static int shift(long lengthBytes) {
        if (lengthBytes == 1L << SMALL || lengthBytes == 1L << LARGE || lengthBytes == 1L << GIANT) {
            return Long.numberOfTrailingZeros(lengthBytes);
        }
        throw new IllegalArgumentException("no x86-64 page has " + lengthBytes + " bytes; use 4 KiB, 2 MiB or 1 GiB");
    }

    private void check(long address, long lengthBytes) {
        if ((address & (lengthBytes - 1)) != 0 || address >>> addressBits() != 0) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT,
                    "address 0x%x is not aligned to %d bytes, or not below 2^%d",
                    address,
                    lengthBytes,
                    addressBits()));
        }
    }

    private long leafSlot(long address, int shift, boolean create) {
        int node = 0;
        for (int at = 12 + 9 * (levels - 1); at > shift; at -= 9) {
            int index = (int) (address >>> at & 0x1FF);
            int child = nodes.get(node).children[index];
            if (child == 0) {
                if (!create) {
                    throw new IllegalArgumentException("nothing is mapped at 0x" + Long.toHexString(address));
                }
                child = newNode();
                nodes.get(node).children[index] = child;
                long pointer = pointerOf.applyAsLong(nodes.get(child).address);
                store(
                        nodes.get(node).address + index * 8L,
                        pointer | PRESENT_WRITABLE_USER | ACCESSED | EXTENDED_ACCESSED);
            }
            node = child;
        }
        int index = (int) (address >>> shift & 0x1FF);
        if (nodes.get(node).children[index] != 0) {
            throw new IllegalArgumentException(
                    "smaller pages are mapped at 0x" + Long.toHexString(address) + "; unmap those");
        }
        return nodes.get(node).address + index * 8L;
    }

    private void store(long slot, long entry) {
        memory.store64(slot, entry);
        memory.cleanCache(slot, 8);
        memory.writeBarrier();
    }
}
