package dev.hitless.iommu.driver.vtd;

import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.api.platform.PhysicalMemory;
import dev.hitless.iommu.driver.support.memory.EntryMemory;
import dev.hitless.iommu.driver.support.update.EntryPlace;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/**
 * The PASID directory of one device and the PASID tables ("leaves") under it (VT-d spec 9.5). A leaf holds the entries
 * of 64 neighbouring PASIDs; it comes with the first of them and stays until the device goes. So it does when that first
 * change is interrupted: the next one finds it, and a failure never keeps more than a success that was taken back would.
 * Guarded by the device's lock.
 *
 * <pre>
 *  63                              12 11          2   1     0
 * +----------------------------------+-------------+-----+---+
 * |  SMPTBLPTR: leaf >> 12           |  reserved   | FPD | P |  directory entry
 * +----------------------------------+-------------+-----+---+
 * </pre>
 */
final class PasidDirectory {
    private static final long LEAF_BYTES = PhysicalMemory.PAGE_BYTES;

    private static final int LEAF_INDEX_BITS = 6;
    private static final int SMALLEST_INDEX_BITS = 7;
    private static final long PRESENT = 1;

    private final EntryMemory tables;
    private final int sizeCode;
    private final long address;
    private final TreeMap<Integer, Long> leaves = new TreeMap<>();
    private final List<Long> retired = new ArrayList<>();

    /**
     * A directory without leaves.
     *
     * @param pasidBits width of the PASIDs that the device can send, 0..20
     * @throws dev.hitless.iommu.api.IommuException ENOMEM
     */
    PasidDirectory(EntryMemory tables, int pasidBits) {
        this.tables = tables;
        this.sizeCode = Math.max(0, pasidBits - LEAF_INDEX_BITS - SMALLEST_INDEX_BITS);
        this.address = tables.allocate(bytes());
    }

    /** Physical address. */
    long address() {
        return address;
    }

    /** PDTS: the directory has {@code 1 << (sizeCode() + 7)} entries. */
    int sizeCode() {
        return sizeCode;
    }

    private long bytes() {
        return (long) Long.BYTES << (sizeCode + SMALLEST_INDEX_BITS);
    }

    /** Whether {@code pasid} has a leaf. */
    boolean hasLeaf(Pasid pasid) {
        return leaves.containsKey(index(pasid));
    }

    /** Gives {@code pasid} a leaf of entries that are not present, unless it has one. Throws ENOMEM. */
    void addLeaf(Pasid pasid) {
        if (!hasLeaf(pasid)) {
            long leaf = tables.allocate(LEAF_BYTES);
            leaves.put(index(pasid), leaf);
            tables.publish(pointerAddress(pasid), leaf | PRESENT);
        }
    }

    /** Address of the entry of {@code pasid}, which has a leaf. */
    long entryAddress(Pasid pasid) {
        return leaf(pasid) + entryOffset(pasid);
    }

    private static long entryOffset(Pasid pasid) {
        return (long) (pasid.value() & (1 << LEAF_INDEX_BITS) - 1) * PasidEntry.BYTES;
    }

    /** Address of the leaf of {@code pasid}, which has one. */
    long leaf(Pasid pasid) {
        Long leaf = leaves.get(index(pasid));
        if (leaf == null) {
            throw new IllegalStateException(pasid + " has no PASID table yet");
        }
        return leaf;
    }

    private long pointerAddress(Pasid pasid) {
        return address + (long) index(pasid) * Long.BYTES;
    }

    /** Where the entry of {@code pasid} lies. */
    EntryPlace place(Pasid pasid) {
        return new Place(pasid);
    }

    private static int index(Pasid pasid) {
        return pasid.value() >>> LEAF_INDEX_BITS;
    }

    /** Whether there are leaves that hardware might use although nothing leads there any more. */
    boolean hasRetired() {
        return !retired.isEmpty();
    }

    /** Frees those, once hardware has forgotten all pointers. */
    void freeRetired() {
        retired.forEach(leaf -> tables.free(leaf, LEAF_BYTES));
        retired.clear();
    }

    /** Gives the memory back. Hardware must not be able to reach it any more. */
    void free() {
        leaves.values().forEach(leaf -> tables.free(leaf, LEAF_BYTES));
        leaves.clear();
        freeRetired();
        tables.free(address, bytes());
    }

    /** In a leaf, which the directory points to. */
    private final class Place implements EntryPlace {
        private final Pasid pasid;

        Place(Pasid pasid) {
            this.pasid = pasid;
        }

        @Override
        public boolean isSwappable() {
            return true;
        }

        @Override
        public long leaf() {
            return PasidDirectory.this.leaf(pasid);
        }

        @Override
        public long leafBytes() {
            return LEAF_BYTES;
        }

        @Override
        public long offset() {
            return entryOffset(pasid);
        }

        @Override
        public long pointerAddress() {
            return PasidDirectory.this.pointerAddress(pasid);
        }

        @Override
        public long pointerTo(long leaf) {
            return leaf | PRESENT;
        }

        @Override
        public void replacedBy(long leaf) {
            leaves.put(index(pasid), leaf);
        }

        @Override
        public void movedTo(long leaf) {
            retired.add(leaf());
            replacedBy(leaf);
        }
    }
}
