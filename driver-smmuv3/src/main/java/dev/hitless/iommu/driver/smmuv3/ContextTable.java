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
 *  two levels, leaves of  4 KiB: SubstreamID [n:6]  -> L1CD -> leaf of 64 descriptors   -> SubstreamID [5:0]
 *              leaves of 64 KiB: SubstreamID [n:10] -> L1CD -> leaf of 1024 descriptors -> SubstreamID [9:0]
 *
 *   63        52 51                                    12 11        1   0
 *  +------------+----------------------------------------+-----------+---+
 *  |    rsvd    |          L2Ptr >> 12                   |   rsvd    | V |
 *  +------------+----------------------------------------+-----------+---+
 * </pre>
 *
 * <p>Two levels wherever hardware has them and there are more descriptors than fit into a leaf. A linear table is its own
 * leaf, and the pointers to it are in the device's stream table entries.
 */
final class ContextTable {
    /** Most bits of a linear table: 1024 descriptors in 64 KiB, as in Linux. */
    static final int LINEAR_BITS = 10;

    private static final long POINTER_VALID = 1;

    private final EntryMemory tables;
    private final StreamTable streams;
    private final List<Integer> streamIds;
    private final int substreamBits;
    private final ContextLeaf leaf;
    private final boolean twoLevel;
    private final Map<Integer, Long> leaves = new TreeMap<>();
    private final Set<Integer> unannounced = new HashSet<>();
    private final List<Long> retired = new ArrayList<>();
    private long base;

    /**
     * An empty table.
     *
     * @param leaf of two levels
     * @param streamIds of the device, for the pointers to a linear table
     * @param substreamBits 0..20; 0: descriptor 0 only
     * @throws dev.hitless.iommu.api.IommuException ENOMEM
     */
    ContextTable(
            EntryMemory tables,
            StreamTable streams,
            HardwareCapabilities hardware,
            ContextLeaf leaf,
            List<Integer> streamIds,
            int substreamBits) {
        this.tables = tables;
        this.streams = streams;
        this.streamIds = streamIds;
        this.substreamBits = substreamBits;
        this.leaf = leaf;
        this.twoLevel = hardware.twoLevelContextTables() && substreamBits > leaf.bits();
        this.base = tables.allocate(baseBytes());
    }

    private long baseBytes() {
        return twoLevel ? 8L << (substreamBits - leaf.bits()) : (long) ContextDescriptor.BYTES << substreamBits;
    }

    /** S1ContextPtr. */
    long address() {
        return base;
    }

    /** S1CDMax. */
    int substreamBits() {
        return substreamBits;
    }

    /** S1Fmt: 0 linear, else as {@link ContextLeaf} has it. */
    int formatCode() {
        return twoLevel ? leaf.formatCode() : 0;
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
        if (!twoLevel || leaves.containsKey(leafOf(substream))) {
            return unannounced.contains(leafOf(substream));
        }
        unannounced.add(leafOf(substream));
        long address = tables.allocate(leaf.bytes());
        leaves.put(leafOf(substream), address);
        tables.publish(pointerAddress(substream), address | POINTER_VALID);
        return true;
    }

    /** Hardware has forgotten that there was nothing. */
    void announced(int substream) {
        unannounced.remove(leafOf(substream));
    }

    /** Whether there is a descriptor for {@code substream}. */
    boolean hasLeaf(int substream) {
        return !twoLevel || leaves.containsKey(leafOf(substream));
    }

    /** Which leaf the descriptor of {@code substream} is in. */
    private int leafOf(int substream) {
        return substream >>> leaf.bits();
    }

    private long pointerAddress(int substream) {
        return base + 8L * (leafOf(substream));
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
        retired.forEach(table -> tables.free(table, twoLevel ? leaf.bytes() : baseBytes()));
        retired.clear();
    }

    /** Gives everything back. Hardware must not be able to reach it. */
    void free() {
        leaves.values().forEach(address -> tables.free(address, leaf.bytes()));
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
            Long address = leaves.get(leafOf(substream));
            if (address == null) {
                throw new IllegalStateException("SubstreamID " + substream + " has no descriptor yet");
            }
            return address;
        }

        @Override
        public long leafBytes() {
            return leaf.bytes();
        }

        @Override
        public long offset() {
            return (long) (substream & ((1 << leaf.bits()) - 1)) * ContextDescriptor.BYTES;
        }

        @Override
        public long pointerAddress() {
            return ContextTable.this.pointerAddress(substream);
        }

        @Override
        public long pointerTo(long table) {
            return table | POINTER_VALID;
        }

        @Override
        public void replacedBy(long table) {
            leaves.put(leafOf(substream), table);
        }

        @Override
        public void movedTo(long table) {
            Long before = leaves.put(leafOf(substream), table);
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
        public long pointerTo(long table) {
            return (tables.load(pointerAddress()) & ~StreamTableEntry.S1CONTEXTPTR) | table;
        }

        @Override
        public void replacedBy(long table) {
            base = table;
        }

        @Override
        public void movedTo(long table) {
            retired.add(base);
            base = table;
        }
    }
}
