package dev.hitless.iommu.driver.smmuv3;

import dev.hitless.iommu.api.Errno;
import dev.hitless.iommu.api.IommuException;
import dev.hitless.iommu.api.platform.DriverLock;
import dev.hitless.iommu.driver.support.memory.EntryMemory;
import dev.hitless.iommu.driver.support.update.EntryPlace;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The stream table: one entry for each StreamID, all of them aborting until a device is probed (IHI 0070 3.3.1).
 *
 * <pre>
 *  two levels: StreamID [n:6] -> L1STD -> page of 64 entries -> StreamID [5:0]
 *
 *   63        52 51                              6 5    4         0
 *  +------------+---------------------------------+------+---------+
 *  |    rsvd    |          L2Ptr >> 6             | rsvd |  Span   |   Span 7: 2^6 entries; 0: none
 *  +------------+---------------------------------+------+---------+
 * </pre>
 *
 * <p>64 entries for each page keep a copy of one cheap. Only one writer at a time: a page that is replaced takes all its
 * entries along.
 */
final class StreamTable {
    /** StreamID bits of a page of entries. */
    static final int SPLIT = 6;

    private static final long LEAF_BYTES = (long) StreamTableEntry.BYTES << SPLIT;
    private static final long SPAN = SPLIT + 1;
    /** An L1 table of 1 MiB. */
    private static final int MOST_STREAM_BITS = 17 + SPLIT;

    private final EntryMemory tables;
    private final DriverLock lock;
    private final boolean twoLevel;
    private final int streamBits;
    private final long base;
    private final Map<Integer, Long> leaves = new TreeMap<>();
    private final Set<Integer> unannounced = new HashSet<>();
    private final List<Long> retired = new ArrayList<>();

    /** Throws ENOMEM. */
    StreamTable(EntryMemory tables, HardwareCapabilities hardware, DriverLock lock) {
        this.tables = tables;
        this.lock = lock;
        this.twoLevel = hardware.twoLevelStreamTable() && hardware.streamIdBits() > SPLIT;
        this.streamBits = Math.min(hardware.streamIdBits(), MOST_STREAM_BITS);
        this.base = tables.allocate(baseBytes());
        if (!twoLevel) {
            fillWithAborts(base, baseBytes());
        }
    }

    private long baseBytes() {
        return twoLevel ? 8L << (streamBits - SPLIT) : (long) StreamTableEntry.BYTES << streamBits;
    }

    private void fillWithAborts(long address, long bytes) {
        for (long entry = address; entry < address + bytes; entry += StreamTableEntry.BYTES) {
            tables.memory().store64(entry, StreamTableEntry.VALID);
        }
        tables.makeVisible(address, bytes);
    }

    /** Serialises writers of entries, and of pointers to pages of them. */
    DriverLock lock() {
        return lock;
    }

    /** For STRTAB_BASE. */
    long base() {
        return base;
    }

    /** For STRTAB_BASE_CFG. */
    int configuration() {
        return twoLevel ? Registers.STRTAB_TWO_LEVEL | SPLIT << 6 | streamBits : streamBits;
    }

    /** Throws EINVAL if there is no room for {@code streamId}. */
    void requireInRange(String deviceName, int streamId) {
        if (streamBits < 32 && streamId >>> streamBits != 0) {
            throw new IommuException(
                    Errno.EINVAL,
                    "device " + deviceName + ": StreamID 0x" + Integer.toHexString(streamId) + " does not fit "
                            + streamBits + " bits, the width of the stream table");
        }
    }

    /**
     * Sees to it that there is an entry for each of {@code streamIds}: the pages of all, or of none, since what hardware has
     * seen cannot be freed any more.
     *
     * @throws IommuException ENOMEM
     */
    void addLeaves(List<Integer> streamIds) {
        Map<Integer, Long> fresh = new TreeMap<>();
        try {
            for (int streamId : streamIds) {
                if (!hasLeaf(streamId) && !fresh.containsKey(streamId >>> SPLIT)) {
                    fresh.put(streamId >>> SPLIT, tables.memory().allocate(LEAF_BYTES, true));
                }
            }
        } catch (IommuException e) {
            fresh.values().forEach(leaf -> tables.free(leaf, LEAF_BYTES));
            throw e;
        }
        fresh.forEach((index, leaf) -> {
            unannounced.add(index);
            fillWithAborts(leaf, LEAF_BYTES);
            leaves.put(index, leaf);
            tables.publish(pointerAddress(index << SPLIT), leaf | SPAN);
        });
    }

    /** Whether hardware may still hold a copy that says that there is no entry for {@code streamId}. */
    boolean isUnannounced(int streamId) {
        return unannounced.contains(streamId >>> SPLIT);
    }

    /** Hardware has forgotten that there was nothing. */
    void announced(int streamId) {
        unannounced.remove(streamId >>> SPLIT);
    }

    /** Whether there is an entry for {@code streamId}. */
    boolean hasLeaf(int streamId) {
        return !twoLevel || leaves.containsKey(streamId >>> SPLIT);
    }

    /** Physical address of the entry of {@code streamId}, which has one. */
    long entryAddress(int streamId) {
        return leaf(streamId) + offset(streamId);
    }

    private long leaf(int streamId) {
        if (!twoLevel) {
            return base;
        }
        Long leaf = leaves.get(streamId >>> SPLIT);
        if (leaf == null) {
            throw new IllegalStateException("StreamID 0x" + Integer.toHexString(streamId) + " has no entry yet");
        }
        return leaf;
    }

    private long offset(int streamId) {
        int index = twoLevel ? streamId & (1 << SPLIT) - 1 : streamId;
        return (long) index * StreamTableEntry.BYTES;
    }

    private long pointerAddress(int streamId) {
        return base + 8L * (streamId >>> SPLIT);
    }

    /** Whether a page of entries can be replaced as a whole. */
    boolean isSwappable() {
        return twoLevel;
    }

    /** The page that {@code streamId} shares with others, as a number. */
    int leafIndex(int streamId) {
        return twoLevel ? streamId >>> SPLIT : 0;
    }

    /** Where the entry of {@code streamId} lies. */
    EntryPlace place(int streamId) {
        return new Place(streamId);
    }

    /** Whether there are pages of entries that hardware might use although nothing leads there any more. */
    boolean hasRetired() {
        return !retired.isEmpty();
    }

    /** Frees those, once hardware has forgotten all pointers. */
    void freeRetired() {
        retired.forEach(leaf -> tables.free(leaf, LEAF_BYTES));
        retired.clear();
    }

    /** Gives everything back. Hardware must be off. */
    void free() {
        leaves.values().forEach(leaf -> tables.free(leaf, LEAF_BYTES));
        freeRetired();
        tables.free(base, baseBytes());
    }

    private final class Place implements EntryPlace {
        private final int streamId;

        Place(int streamId) {
            this.streamId = streamId;
        }

        @Override
        public boolean isSwappable() {
            return twoLevel;
        }

        @Override
        public long leaf() {
            return StreamTable.this.leaf(streamId);
        }

        @Override
        public long leafBytes() {
            return twoLevel ? LEAF_BYTES : baseBytes();
        }

        @Override
        public long offset() {
            return StreamTable.this.offset(streamId);
        }

        @Override
        public long pointerAddress() {
            return StreamTable.this.pointerAddress(streamId);
        }

        @Override
        public long pointerTo(long leaf) {
            return leaf | SPAN;
        }

        @Override
        public void replacedBy(long leaf) {
            leaves.put(streamId >>> SPLIT, leaf);
        }

        @Override
        public void movedTo(long leaf) {
            Long before = leaves.put(streamId >>> SPLIT, leaf);
            if (before != null) {
                retired.add(before);
            }
        }
    }
}
