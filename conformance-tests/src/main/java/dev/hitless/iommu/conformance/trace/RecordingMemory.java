package dev.hitless.iommu.conformance.trace;

import dev.hitless.iommu.api.Errno;
import dev.hitless.iommu.api.IommuException;
import dev.hitless.iommu.api.platform.PhysicalMemory;
import dev.hitless.iommu.hardware.HardwareModel;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Physical memory that notes down what the driver does to it. */
final class RecordingMemory implements PhysicalMemory {
    private static final int WORDS_PER_PAGE = PAGE_BYTES / 8;

    /** Content of memory that nobody has written: looks valid to most formats, and leads nowhere. */
    private static final long GARBAGE = 0xA5A5_B6B6_C7C7_D8D9L;

    private final TraceRecorder recorder;
    private final boolean store128;
    private final FaultPlan faults;
    private final Consumer<String> allocating;
    private final Map<Long, Long> allocations = new HashMap<>();
    private long[][] pages = new long[64][];
    private boolean[] shared = new boolean[64];
    private int pageCount;
    private @Nullable HardwareModel model;

    /** @param allocating hears of every allocation before it is made */
    RecordingMemory(TraceRecorder recorder, boolean store128, FaultPlan faults, Consumer<String> allocating) {
        this.allocating = allocating;
        this.recorder = recorder;
        this.store128 = store128;
        this.faults = faults;
    }

    void connect(HardwareModel hardware) {
        this.model = hardware;
    }

    /** The content now; later changes go to copies of the pages. */
    MemoryImage image() {
        Arrays.fill(shared, 0, pageCount, true);
        return new MemoryImage(Arrays.copyOf(pages, pageCount), pageCount);
    }

    long allocatedBytes() {
        return allocations.values().stream().mapToLong(Long::longValue).sum();
    }

    boolean isMemory(long address) {
        long index = MemoryImage.pageIndex(address);
        return index >= 0 && index < pageCount && pages[(int) index] != null;
    }

    /** The word as the bus sees it, without a trace event. */
    long peek(long address) {
        return page(address)[word(address)];
    }

    /** The hardware's own store. */
    void poke(long address, int bits, long value) {
        if (bits == 32) {
            int shift = (int) (address & 4) * 8;
            long mask = 0xFFFF_FFFFL << shift;
            long aligned = address & ~7L;
            put(aligned, (peek(aligned) & ~mask) | ((value << shift) & mask));
        } else {
            put(address, value);
        }
        recorder.points().hardwareStored(address);
        recorder.add(new TraceEvent.HardwareStore(address, bits, value));
    }

    @Override
    public long allocate(long lengthBytes, boolean zeroed) {
        recorder.points().call();
        if (lengthBytes <= 0) {
            throw new IommuException(Errno.EINVAL, "allocation of " + lengthBytes + " bytes; ask for at least one");
        }
        String what = "allocation of " + lengthBytes + " bytes";
        allocating.accept(what);
        if (faults.failsNow(Fault.NO_MEMORY, what)) {
            throw new IommuException(Errno.ENOMEM, "no memory for " + lengthBytes + " bytes");
        }
        int wanted = Math.toIntExact((lengthBytes + PAGE_BYTES - 1) / PAGE_BYTES);
        int alignment = Integer.highestOneBit(wanted) == wanted ? wanted : Integer.highestOneBit(wanted) << 1;
        int first = (pageCount + alignment - 1) / alignment * alignment;
        while (first + wanted > pages.length) {
            pages = Arrays.copyOf(pages, pages.length * 2);
            shared = Arrays.copyOf(shared, shared.length * 2);
        }
        for (int i = first; i < first + wanted; i++) {
            pages[i] = new long[WORDS_PER_PAGE];
            if (!zeroed) {
                Arrays.fill(pages[i], GARBAGE);
            }
            shared[i] = false;
        }
        pageCount = first + wanted;
        long address = MemoryImage.BASE + (long) first * PAGE_BYTES;
        allocations.put(address, (long) wanted * PAGE_BYTES);
        recorder.add(new TraceEvent.Alloc(address, (long) wanted * PAGE_BYTES, zeroed));
        recorder.points().allocated(address, (long) wanted * PAGE_BYTES);
        return address;
    }

    @Override
    public void free(long address, long lengthBytes) {
        recorder.points().call();
        Long length = allocations.get(address);
        long rounded = (lengthBytes + PAGE_BYTES - 1) / PAGE_BYTES * PAGE_BYTES;
        if (length == null || length != rounded) {
            throw new IllegalStateException("free of 0x" + Long.toHexString(address) + " +" + lengthBytes
                    + (length == null
                            ? ", which is not allocated"
                            : ", which was allocated with " + length + " bytes"));
        }
        allocations.remove(address);
        recorder.add(new TraceEvent.Free(address, rounded));
        int first = (int) MemoryImage.pageIndex(address);
        for (int i = first; i < first + rounded / PAGE_BYTES; i++) {
            pages[i] = null;
        }
    }

    @Override
    public long load64(long address) {
        recorder.points().load(address);
        return loaded64(address);
    }

    private long loaded64(long address) {
        long value = peek(checked(address, 8));
        recorder.add(new TraceEvent.Load(address, value));
        if (model != null) {
            model.loaded(address, value);
        }
        return value;
    }

    @Override
    public void store64(long address, long value) {
        recorder.points().store(address, 64);
        stored64(address, value);
    }

    private void stored64(long address, long value) {
        long old = peek(checked(address, 8));
        put(address, value);
        recorder.add(new TraceEvent.Store(address, 64, value, 0, old, 0));
    }

    @Override
    public boolean hasStore128() {
        return store128;
    }

    @Override
    public void store128(long address, long low, long high) {
        recorder.points().store(address, 128);
        if (!store128) {
            throw new IommuException(Errno.EOPNOTSUPP, "this platform has no 128-bit store; ask hasStore128() first");
        }
        long oldLow = peek(checked(address, 16));
        long oldHigh = peek(address + 8);
        put(address, low);
        put(address + 8, high);
        recorder.add(new TraceEvent.Store(address, 128, low, high, oldLow, oldHigh));
    }

    @Override
    public boolean compareAndSet64(long address, long expected, long value) {
        // One call: nobody comes between the load and the store.
        recorder.points().store(address, 64);
        if (loaded64(address) != expected) {
            return false;
        }
        stored64(address, value);
        return true;
    }

    @Override
    public void writeBarrier() {
        recorder.points().call();
        recorder.add(new TraceEvent.Barrier());
    }

    @Override
    public void cleanCache(long address, long lengthBytes) {
        recorder.points().call();
        if (lengthBytes <= 0) {
            throw new IllegalArgumentException("cache clean of " + lengthBytes + " bytes at 0x"
                    + Long.toHexString(address) + "; ask for at least one");
        }
        recorder.add(new TraceEvent.CacheClean(address, lengthBytes));
    }

    private long checked(long address, int bytes) {
        if ((address & (bytes - 1)) != 0) {
            throw new IllegalArgumentException(
                    "address 0x" + Long.toHexString(address) + " is not aligned to " + bytes + " bytes");
        }
        return address;
    }

    private long[] page(long address) {
        if (!isMemory(address)) {
            throw new IllegalStateException("the driver touches 0x" + Long.toHexString(address)
                    + ", where it has no memory allocated (never, or freed before)");
        }
        return pages[(int) MemoryImage.pageIndex(address)];
    }

    private void put(long address, long value) {
        long[] page = page(address);
        int index = (int) MemoryImage.pageIndex(address);
        if (shared[index]) {
            page = page.clone();
            pages[index] = page;
            shared[index] = false;
        }
        page[word(address)] = value;
    }

    private static int word(long address) {
        return (int) ((address >>> 3) & (WORDS_PER_PAGE - 1));
    }
}
