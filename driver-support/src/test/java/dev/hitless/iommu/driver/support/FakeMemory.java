package dev.hitless.iommu.driver.support;

import dev.hitless.iommu.api.Errno;
import dev.hitless.iommu.api.IommuException;
import dev.hitless.iommu.api.platform.PhysicalMemory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Memory for tests. Knows what the CPU has stored and what hardware sees for certain; fails allocations on demand; refuses
 * whatever a driver must not do.
 */
public final class FakeMemory implements PhysicalMemory {
    private static final long GARBAGE = 0xDEAD_BEEF_DEAD_BEEFL;

    /** What the CPU reads, and what hardware sees for certain. */
    private record Block(long address, long[] words, long[] visible) {
        int index(long at) {
            return (int) ((at - address) / 8);
        }
    }

    private final boolean snooped;
    private final boolean store128;
    private final TreeMap<Long, Block> allocated = new TreeMap<>();
    private final Map<Long, Boolean> pendingCleaned = new HashMap<>();
    private final List<String> log = new ArrayList<>();
    private Runnable afterStore = () -> {};
    private long next = 0x10_0000;
    private int allocations;
    private int failAt = -1;

    /** Memory as on a coherent machine with 128-bit stores. */
    public FakeMemory() {
        this(true, true);
    }

    public FakeMemory(boolean snooped, boolean store128) {
        this.snooped = snooped;
        this.store128 = store128;
    }

    /** Lets the {@code n}-th allocation from now on fail, counting from 0. */
    public void failAllocation(int n) {
        failAt = allocations + n;
    }

    /** Allocations since the beginning, failed ones included. */
    public int allocations() {
        return allocations;
    }

    /** Allocations that were not freed. */
    public int live() {
        return allocated.size();
    }

    /** Called after each store. */
    public void afterStore(Runnable action) {
        afterStore = action;
    }

    /** What was done since the last {@link #clearLog}: store, clean, barrier, allocate, free, with addresses. */
    public List<String> log() {
        return List.copyOf(log);
    }

    public void clearLog() {
        log.clear();
    }

    /** Adds a line to the log, to see it in order with the rest. */
    public void note(String line) {
        log.add(line);
    }

    /** What hardware sees for certain. */
    public long visible(long address) {
        Block block = block(address, 8);
        return block.visible[block.index(address)];
    }

    @Override
    public long allocate(long lengthBytes, boolean zeroed) {
        if (allocations++ == failAt) {
            throw new IommuException(Errno.ENOMEM, "allocation fails because the test wants it to");
        }
        long pages = (lengthBytes + PAGE_BYTES - 1) / PAGE_BYTES * PAGE_BYTES;
        long alignment = Long.highestOneBit(pages * 2 - 1);
        long address = (next + alignment - 1) & -alignment;
        next = address + pages;
        Block block = new Block(address, new long[(int) (pages / 8)], new long[(int) (pages / 8)]);
        Arrays.fill(block.visible, GARBAGE);
        if (zeroed) {
            for (long at = address; at < address + pages; at += 8) {
                pendingCleaned.put(at, false);
            }
        } else {
            Arrays.fill(block.words, GARBAGE);
        }
        allocated.put(address, block);
        log.add(String.format("allocate %x", address));
        return address;
    }

    @Override
    public void free(long address, long lengthBytes) {
        Block block = allocated.remove(address);
        if (block == null || (lengthBytes + PAGE_BYTES - 1) / PAGE_BYTES * PAGE_BYTES != 8L * block.words.length) {
            throw new AssertionError(
                    String.format("free of %x, %x bytes, which is not allocated so", address, lengthBytes));
        }
        pendingCleaned.keySet().removeIf(at -> at >= address && at < address + 8L * block.words.length);
        log.add(String.format("free %x", address));
    }

    @Override
    public long load64(long address) {
        Block block = block(address, 8);
        return block.words[block.index(address)];
    }

    @Override
    public void store64(long address, long value) {
        put(address, value);
        log.add(String.format("store %x", address));
        afterStore.run();
    }

    @Override
    public boolean hasStore128() {
        return store128;
    }

    @Override
    public void store128(long address, long low, long high) {
        if (!store128) {
            throw new IommuException(Errno.EOPNOTSUPP, "no 128-bit stores here");
        }
        block(address, 16);
        put(address, low);
        put(address + 8, high);
        log.add(String.format("store128 %x", address));
        afterStore.run();
    }

    @Override
    public boolean compareAndSet64(long address, long expected, long value) {
        if (load64(address) != expected) {
            return false;
        }
        store64(address, value);
        return true;
    }

    @Override
    public void writeBarrier() {
        log.add("barrier");
        pendingCleaned.entrySet().removeIf(pending -> {
            boolean reaches = snooped || pending.getValue();
            if (reaches) {
                Block block = block(pending.getKey(), 8);
                block.visible[block.index(pending.getKey())] = block.words[block.index(pending.getKey())];
            }
            return reaches;
        });
    }

    @Override
    public void cleanCache(long address, long lengthBytes) {
        block(address, 8);
        log.add(String.format("clean %x", address));
        pendingCleaned.replaceAll((at, cleaned) -> cleaned || (at >= address && at < address + lengthBytes));
    }

    private void put(long address, long value) {
        Block block = block(address, 8);
        block.words[block.index(address)] = value;
        pendingCleaned.put(address, false);
    }

    private Block block(long address, long alignment) {
        Map.Entry<Long, Block> block = allocated.floorEntry(address);
        if (address % alignment != 0
                || block == null
                || block.getValue().index(address) >= block.getValue().words.length) {
            throw new AssertionError(String.format("access to %x, which is misaligned or not allocated", address));
        }
        return block.getValue();
    }
}
