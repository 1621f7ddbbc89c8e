package dev.hitless.iommu.driver.vtd;

import dev.hitless.iommu.api.Errno;
import dev.hitless.iommu.api.IommuException;
import dev.hitless.iommu.api.platform.PhysicalMemory;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Words in a map. Notes down what was done to it. */
final class FakeMemory implements PhysicalMemory {
    final List<String> log;
    final Map<Long, Long> words = new HashMap<>();
    final TreeMap<Long, Long> allocated = new TreeMap<>();
    boolean store128 = true;
    /** That many allocations more succeed. */
    int allocationsLeft = Integer.MAX_VALUE;

    private long next = 0x10_0000;

    FakeMemory() {
        this(new ArrayList<>());
    }

    FakeMemory(List<String> log) {
        this.log = log;
    }

    @Override
    public long allocate(long lengthBytes, boolean zeroed) {
        if (allocationsLeft-- <= 0) {
            throw new IommuException(Errno.ENOMEM, "no memory left");
        }
        long length = Math.max(PAGE_BYTES, Long.highestOneBit(lengthBytes * 2 - 1));
        long address = next + length - 1 & -length;
        next = address + length;
        allocated.put(address, lengthBytes);
        for (long offset = 0; offset < lengthBytes; offset += 8) {
            words.put(address + offset, zeroed ? 0 : 0xDEAD_BEEF_DEAD_BEEFL);
        }
        return address;
    }

    @Override
    public void free(long address, long lengthBytes) {
        Long length = allocated.remove(address);
        if (length == null || length != lengthBytes) {
            throw new AssertionError("free of 0x" + Long.toHexString(address) + ", which is not allocated");
        }
        log.add("free");
    }

    long allocatedBytes() {
        return allocated.values().stream().mapToLong(Long::longValue).sum();
    }

    @Override
    public long load64(long address) {
        Long word = words.get(address);
        if (word == null) {
            throw new AssertionError("load from 0x" + Long.toHexString(address) + ", which is not allocated");
        }
        return word;
    }

    @Override
    public void store64(long address, long value) {
        load64(address);
        words.put(address, value);
        log.add(String.format("store64 %x %x", address, value));
    }

    @Override
    public boolean hasStore128() {
        return store128;
    }

    @Override
    public void store128(long address, long low, long high) {
        if (!store128 || (address & 15) != 0) {
            throw new AssertionError("128-bit store to 0x" + Long.toHexString(address));
        }
        words.put(address, low);
        words.put(address + 8, high);
        log.add(String.format("store128 %x %x %x", address, low, high));
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
    }

    @Override
    public void cleanCache(long address, long lengthBytes) {
        log.add(String.format("clean %x %x", address, lengthBytes));
    }
}
