package dev.hitless.iommu.conformance.fast;

import dev.hitless.iommu.api.Errno;
import dev.hitless.iommu.api.IommuException;
import dev.hitless.iommu.api.platform.PhysicalMemory;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.LongBinaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Memory for any number of threads. A page has a counter that is odd while it is being stored to, so that hardware can read
 * several words as they stood at one instant. Addresses are never used twice: whoever reads freed memory finds none.
 */
final class FastMemory implements PhysicalMemory {
    /** First physical address. */
    static final long BASE = 0x1_0000_0000L;

    private static final int WORDS = PAGE_BYTES / Long.BYTES;
    private static final int MOST_PAGES = 1 << 20;
    private static final int COUNTERS = 4096;
    private static final VarHandle WORD = MethodHandles.arrayElementVarHandle(long[].class);

    private final AtomicReferenceArray<long @Nullable []> pages = new AtomicReferenceArray<>(MOST_PAGES);
    private final AtomicLongArray counters = new AtomicLongArray(COUNTERS);
    private LongBinaryOperator loaded = (address, value) -> value;
    private final AtomicInteger allocated = new AtomicInteger();
    private int pageCount;

    /** Hears of every load of the driver. */
    void onLoad(LongBinaryOperator listener) {
        loaded = listener;
    }

    long allocatedBytes() {
        return (long) allocated.get() * PAGE_BYTES;
    }

    boolean isMemory(long address) {
        long index = (address - BASE) >>> 12;
        return index >= 0 && index < MOST_PAGES && pages.get((int) index) != null;
    }

    /** The word as hardware sees it. */
    long peek(long address) {
        return (long) WORD.getAcquire(page(address), word(address));
    }

    /**
     * Reads {@code count} words as they stood at one instant.
     *
     * @return false if there is no memory
     */
    boolean snapshot(long address, int count, long[] into, int at) {
        int counter = counter(address);
        while (true) {
            long before = counters.get(counter);
            long[] page = isMemory(address) ? pages.get((int) ((address - BASE) >>> 12)) : null;
            if (page == null) {
                return false;
            }
            for (int i = 0; i < count; i++) {
                into[at + i] = (long) WORD.getAcquire(page, word(address) + i);
            }
            VarHandle.fullFence();
            if ((before & 1) == 0 && counters.get(counter) == before) {
                return true;
            }
            Thread.onSpinWait();
        }
    }

    @Override
    public synchronized long allocate(long lengthBytes, boolean zeroed) {
        int wanted = Math.toIntExact((lengthBytes + PAGE_BYTES - 1) / PAGE_BYTES);
        int alignment = Integer.highestOneBit(2 * wanted - 1);
        int first = (pageCount + alignment - 1) / alignment * alignment;
        if (first + wanted > MOST_PAGES) {
            throw new IommuException(Errno.ENOMEM, "no memory for " + lengthBytes + " bytes");
        }
        for (int i = first; i < first + wanted; i++) {
            pages.set(i, new long[WORDS]);
        }
        pageCount = first + wanted;
        allocated.addAndGet(wanted);
        return BASE + (long) first * PAGE_BYTES;
    }

    @Override
    public void free(long address, long lengthBytes) {
        for (long at = address; at < address + lengthBytes; at += PAGE_BYTES) {
            page(at);
            pages.set((int) ((at - BASE) >>> 12), null);
            allocated.decrementAndGet();
        }
    }

    @Override
    public long load64(long address) {
        return loaded.applyAsLong(address, peek(address));
    }

    @Override
    public void store64(long address, long value) {
        long[] page = page(address);
        int counter = begin(address);
        WORD.setRelease(page, word(address), value);
        end(counter);
    }

    @Override
    public boolean hasStore128() {
        return true;
    }

    @Override
    public void store128(long address, long low, long high) {
        long[] page = page(address);
        int counter = begin(address);
        WORD.setRelease(page, word(address), low);
        WORD.setRelease(page, word(address) + 1, high);
        end(counter);
    }

    @Override
    public boolean compareAndSet64(long address, long expected, long value) {
        long[] page = page(address);
        int counter = begin(address);
        boolean done = WORD.compareAndSet(page, word(address), expected, value);
        end(counter);
        return done;
    }

    @Override
    public void writeBarrier() {
        VarHandle.fullFence();
    }

    @Override
    public void cleanCache(long address, long lengthBytes) {
        VarHandle.fullFence();
    }

    private int begin(long address) {
        int counter = counter(address);
        while (true) {
            long now = counters.get(counter);
            if ((now & 1) == 0 && counters.compareAndSet(counter, now, now + 1)) {
                return counter;
            }
            Thread.onSpinWait();
        }
    }

    private void end(int counter) {
        counters.incrementAndGet(counter);
    }

    private long[] page(long address) {
        long[] page = isMemory(address) ? pages.get((int) ((address - BASE) >>> 12)) : null;
        if (page == null) {
            throw new IllegalStateException(
                    "0x" + Long.toHexString(address) + " is no memory: never allocated, or freed before");
        }
        return page;
    }

    private static int counter(long address) {
        return (int) ((address >>> 12) & (COUNTERS - 1));
    }

    private static int word(long address) {
        return (int) ((address >>> 3) & (WORDS - 1));
    }
}
