package dev.hitless.iommu.driver.smmuv3;

import dev.hitless.iommu.driver.support.memory.EntryMemory;
import dev.hitless.iommu.driver.support.update.EntryPlace;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The context descriptors of one device, by substream, which is the PASID (IHI 0070 3.3.2). Descriptor 0 is for requests
 * without substream.
 *
 * <pre>
 *  two levels: SubstreamID [n:6] -> L1CD -> page of 64 descriptors -> SubstreamID [5:0]
 *
 *   63        52 51                                    12 11        1   0
 *  +------------+----------------------------------------+-----------+---+
 *  |    rsvd    |          L2Ptr >> 12                   |   rsvd    | V |
 *  +------------+----------------------------------------+-----------+---+
 * </pre>
 *
 * <p>Two levels wherever hardware has them and there are more than 64 descriptors. A linear table is its own leaf, and
 * the pointers to it are in the device's stream table entries.
 *
 * <p>Leaves are 4 KiB (S1Fmt 1) throughout. IDR0.CD2L stands for both sizes, and with 4 KiB ones the first level reaches
 * all 20 bits of SubstreamID in 128 KiB. Leaves of 64 KiB (S1Fmt 2, as Linux has them) would make the first level shorter
 * by a factor of 16, and every leaf swap, which copies a leaf, as much longer.
 */
final class ContextTable {
    /** Most bits of a linear table: 1024 descriptors in 64 KiB, as in Linux. */
    static final int LINEAR_BITS = 10;

    private static final int LEAF_BITS = 6;
    private static final long LEAF_BYTES = (long) ContextDescriptor.BYTES << LEAF_BITS;
    private static final long POINTER_VALID = 1;

    private final EntryMemory tables;
    private final StreamTable streams;
    private final List<Integer> streamIds;
    private final int substreamBits;
    private final boolean twoLevel;
    private final Map<Integer, Long> leaves = new TreeMap<>();
    private final Set<Integer> unannounced = new HashSet<>();
    private final List<Long> retired = new ArrayList<>();
    private long base;

    /**
     * An empty table.
     *
     * @param streamIds of the device, for the pointers to a linear table
     * @param substreamBits 0..20; 0: descriptor 0 only
     * @throws dev.hitless.iommu.api.IommuException ENOMEM
     */
    ContextTable(
            EntryMemory tables,
            StreamTable streams,
            HardwareCapabilities hardware,
            List<Integer> streamIds,
            int substreamBits) {
        this.tables = tables;
        this.streams = streams;
        this.streamIds = streamIds;
        this.substreamBits = substreamBits;
        this.twoLevel = hardware.twoLevelContextTables() && substreamBits > LEAF_BITS;
        this.base = tables.allocate(baseBytes());
    }

    private long baseBytes() {
        return twoLevel ? 8L << (substreamBits - LEAF_BITS) : (long) ContextDescriptor.BYTES << substreamBits;
    }

    /** S1ContextPtr. */
    long address() {
        return base;
    }

    /** S1CDMax. */
    int substreamBits() {
        return substreamBits;
    }

    /** S1Fmt: 0 linear, 1 two levels with leaves of 4 KiB. */
    int formatCode() {
        return twoLevel ? 1 : 0;
    }

    boolean isTwoLevel() {
        return twoLevel;
    }

    /**
     * Sees to it that there is a descriptor for {@code substream}.
     *
     * @return whether a pointer was written that hardware may still hold an invalid copy of: until {@link #announced}
     * @throws dev.hitless.iommu.api.IommuException ENOMEM
     */
    boolean addLeaf(int substream) {
        if (!twoLevel || leaves.containsKey(substream >>> LEAF_BITS)) {
            return unannounced.contains(substream >>> LEAF_BITS);
        }
        unannounced.add(substream >>> LEAF_BITS);
        long leaf = tables.allocate(LEAF_BYTES);
        leaves.put(substream >>> LEAF_BITS, leaf);
        tables.publish(pointerAddress(substream), leaf | POINTER_VALID);
        return true;
    }

    /** Hardware has forgotten that there was nothing. */
    void announced(int substream) {
        unannounced.remove(substream >>> LEAF_BITS);
    }

    /** Whether there is a descriptor for {@code substream}. */
    boolean hasLeaf(int substream) {
        return !twoLevel || leaves.containsKey(substream >>> LEAF_BITS);
    }

    private long pointerAddress(int substream) {
        return base + 8L * (substream >>> LEAF_BITS);
    }

    /** Where the descriptor of {@code substream} lies. */
    EntryPlace place(int substream) {
        return twoLevel ? new InLeaf(substream) : new InTable(substream);
    }

    /** Has the entries of all StreamIDs point to the linear table that the first one points to. */
    void alignPointers() {
        long table = tables.load(streams.entryAddress(streamIds.get(0))) & StreamTableEntry.S1CONTEXTPTR;
        for (int streamId : streamIds) {
            long address = streams.entryAddress(streamId);
            long word0 = tables.load(address);
            if ((word0 & StreamTableEntry.S1CONTEXTPTR) != table) {
                tables.publish(address, (word0 & ~StreamTableEntry.S1CONTEXTPTR) | table);
            }
        }
    }

    /** Whether there are tables that hardware might use although nothing leads there any more. */
    boolean hasRetired() {
        return !retired.isEmpty();
    }

    /** Frees those, once hardware has forgotten all pointers. */
    void freeRetired() {
        retired.forEach(leaf -> tables.free(leaf, twoLevel ? LEAF_BYTES : baseBytes()));
        retired.clear();
    }

    /** Gives everything back. Hardware must not be able to reach it. */
    void free() {
        leaves.values().forEach(leaf -> tables.free(leaf, LEAF_BYTES));
        freeRetired();
        tables.free(base, baseBytes());
    }

    /** In one leaf of two levels. */
    private final class InLeaf implements EntryPlace {
        private final int substream;

        InLeaf(int substream) {
            this.substream = substream;
        }

        @Override
        public boolean isSwappable() {
            return true;
        }

        @Override
        public long leaf() {
            Long leaf = leaves.get(substream >>> LEAF_BITS);
            if (leaf == null) {
                throw new IllegalStateException("SubstreamID " + substream + " has no descriptor yet");
            }
            return leaf;
        }

        @Override
        public long leafBytes() {
            return LEAF_BYTES;
        }

        @Override
        public long offset() {
            return (long) (substream & (1 << LEAF_BITS) - 1) * ContextDescriptor.BYTES;
        }

        @Override
        public long pointerAddress() {
            return ContextTable.this.pointerAddress(substream);
        }

        @Override
        public long pointerTo(long leaf) {
            return leaf | POINTER_VALID;
        }

        @Override
        public void replacedBy(long leaf) {
            leaves.put(substream >>> LEAF_BITS, leaf);
        }

        @Override
        public void movedTo(long leaf) {
            Long before = leaves.put(substream >>> LEAF_BITS, leaf);
            if (before != null) {
                retired.add(before);
            }
        }
    }

    /** In a linear table, which the stream table entries point to. Their writers' lock has to be held. */
    private final class InTable implements EntryPlace {
        private final int substream;

        InTable(int substream) {
            this.substream = substream;
        }

        @Override
        public boolean isSwappable() {
            return true;
        }

        @Override
        public long leaf() {
            return base;
        }

        @Override
        public long leafBytes() {
            return baseBytes();
        }

        @Override
        public long offset() {
            return (long) substream * ContextDescriptor.BYTES;
        }

        /** That of the first StreamID; the others follow before anything is invalidated ({@link #alignPointers}). */
        @Override
        public long pointerAddress() {
            return streams.entryAddress(streamIds.get(0));
        }

        @Override
        public long pointerTo(long leaf) {
            return (tables.load(pointerAddress()) & ~StreamTableEntry.S1CONTEXTPTR) | leaf;
        }

        @Override
        public void replacedBy(long leaf) {
            base = leaf;
        }

        @Override
        public void movedTo(long leaf) {
            retired.add(base);
            base = leaf;
        }
    }
}
