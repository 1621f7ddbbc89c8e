package dev.hitless.iommu.hardware;

import dev.hitless.iommu.api.platform.PhysicalMemory;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Memory and a hardware port for tests of models: everything is visible at once, and everything said is kept. */
public final class FakeBus implements HardwarePort, PhysicalMemory {
    /** Invalidations in the order of {@link #submitted}; the index is the number. */
    public final List<Invalidation> submitted = new ArrayList<>();
    /** Numbers in the order of {@link #observed}. */
    public final List<Integer> observed = new ArrayList<>();
    /** What {@link #malformed} was told. */
    public final List<String> complaints = new ArrayList<>();
    /** Answers to page requests, as {@code requester/pasid/group/code}, hexadecimal. */
    public final List<String> pageResponses = new ArrayList<>();
    /** Requests that arrived and are not in the queue. */
    public final List<PageRequestMessage> lostPageRequests = new ArrayList<>();
    /** For each fence the number of commands submitted before it. */
    public final List<Integer> fences = new ArrayList<>();
    /** How often the write buffer was flushed. */
    public int writeBufferFlushes;
    /** Decides what becomes of commands. */
    public Function<String, Fate> fates = command -> Fate.EXECUTE;

    private static final long FIRST_PAGE = 0x10_0000;
    private final Map<Long, long[]> pages = new HashMap<>();
    private long next = FIRST_PAGE;

    @Override
    public long read64(long address) {
        long[] page = pages.get(address >>> 12);
        if (page == null) {
            throw new AssertionError("read of 0x" + Long.toHexString(address) + ", where there is no memory");
        }
        return page[(int) (address & 0xFFF) >>> 3];
    }

    @Override
    public boolean isMemory(long address) {
        return pages.containsKey(address >>> 12);
    }

    @Override
    public void write64(long address, long value) {
        long[] page = pages.get(address >>> 12);
        if (page == null) {
            throw new AssertionError("write of 0x" + Long.toHexString(address) + ", where there is no memory");
        }
        page[(int) (address & 0xFFF) >>> 3] = value;
    }

    @Override
    public void write32(long address, int value) {
        long word = read64(address & -8L);
        int shift = (int) (address & 4) * 8;
        write64(address & -8L, word & ~(0xFFFF_FFFFL << shift) | Integer.toUnsignedLong(value) << shift);
    }

    @Override
    public int submitted(Invalidation invalidation) {
        submitted.add(invalidation);
        return submitted.size() - 1;
    }

    @Override
    public void observed(int number) {
        if (observed.contains(number)) {
            throw new AssertionError("command " + number + " observed twice");
        }
        observed.add(number);
    }

    @Override
    public void fenced() {
        fences.add(submitted.size());
    }

    @Override
    public void writeBufferFlushed() {
        writeBufferFlushes++;
    }

    @Override
    public void malformed(String complaint) {
        complaints.add(complaint);
    }

    @Override
    public void pageResponse(int requesterId, int pasid, int group, PageAnswer answer) {
        pageResponses.add(Integer.toHexString(requesterId) + "/" + Integer.toHexString(pasid) + "/"
                + Integer.toHexString(group) + "/" + answer);
    }

    @Override
    public void pageRequestLost(PageRequestMessage request) {
        lostPageRequests.add(request);
    }

    @Override
    public Fate fateOf(String command) {
        return fates.apply(command);
    }

    @Override
    public long allocate(long lengthBytes, boolean zeroed) {
        long length = lengthBytes + PAGE_BYTES - 1 & -PAGE_BYTES;
        long alignment = Long.highestOneBit(2 * length - 1);
        long address = next + alignment - 1 & -alignment;
        next = address + length;
        for (long page = address; page < next; page += PAGE_BYTES) {
            long[] words = new long[PAGE_BYTES / 8];
            if (!zeroed) {
                java.util.Arrays.fill(words, 0xDEAD_BEEF_DEAD_BEEFL);
            }
            pages.put(page >>> 12, words);
        }
        return address;
    }

    @Override
    public void free(long address, long lengthBytes) {
        for (long page = address; page < address + lengthBytes; page += PAGE_BYTES) {
            if (pages.remove(page >>> 12) == null) {
                throw new AssertionError("free of 0x" + Long.toHexString(page) + ", where there is no memory");
            }
        }
    }

    /** Pages that are allocated. */
    public int pageCount() {
        return pages.size();
    }

    @Override
    public long load64(long address) {
        return read64(address);
    }

    @Override
    public void store64(long address, long value) {
        write64(address, value);
    }

    @Override
    public boolean hasStore128() {
        return true;
    }

    @Override
    public void store128(long address, long low, long high) {
        write64(address, low);
        write64(address + 8, high);
    }

    @Override
    public boolean compareAndSet64(long address, long expected, long value) {
        if (read64(address) != expected) {
            return false;
        }
        write64(address, value);
        return true;
    }

    @Override
    public void writeBarrier() {
        // Everything is visible at once.
    }

    @Override
    public void cleanCache(long address, long lengthBytes) {
        // Everything is visible at once.
    }
}
