package dev.hitless.iommu.driver.vtd;

import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.api.platform.PhysicalMemory;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/**
 * The PASID directory of one device and the PASID tables ("leaves") under it (VT-d spec 9.5). A leaf holds the entries
 * of 64 neighbouring PASIDs; it comes with the first of them and stays until the device goes. Guarded by the device's
 * lock.
 *
 * <pre>
 *  63                              12 11          2   1     0
 * +----------------------------------+-------------+-----+---+
 * |  SMPTBLPTR: leaf >> 12           |  reserved   | FPD | P |  directory entry
 * +----------------------------------+-------------+-----+---+
 * </pre>
 */
final class PasidDirectory {
    /** Bytes of a leaf. */
    static final long LEAF_BYTES = PhysicalMemory.PAGE_BYTES;

    private static final int LEAF_INDEX_BITS = 6;
    private static final int SMALLEST_INDEX_BITS = 7;
    private static final long PRESENT = 1;

    private final TranslationTables tables;
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
    PasidDirectory(TranslationTables tables, int pasidBits) {
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
        return leaf(pasid) + (long) entryIndex(pasid) * PasidEntry.BYTES;
    }

    /** Address of the leaf of {@code pasid}, which has one. */
    long leaf(Pasid pasid) {
        Long leaf = leaves.get(index(pasid));
        if (leaf == null) {
            throw new IllegalStateException(pasid + " has no PASID table yet");
        }
        return leaf;
    }

    /** Address of the directory entry that leads to the leaf of {@code pasid}. */
    long pointerAddress(Pasid pasid) {
        return address + (long) index(pasid) * Long.BYTES;
    }

    /** The directory entry that leads to {@code leaf}. */
    static long pointerTo(long leaf) {
        return leaf | PRESENT;
    }

    /** Takes note that the directory entry of {@code pasid} leads to {@code leaf} now. */
    void replacedLeaf(Pasid pasid, long leaf) {
        leaves.put(index(pasid), leaf);
    }

    /** As {@link #replacedLeaf}, but hardware may still use the old leaf: it is kept until the device goes. */
    void retiredLeaf(Pasid pasid, long leaf) {
        retired.add(leaf(pasid));
        replacedLeaf(pasid, leaf);
    }

    /** Which of the leaf's 64 entries is that of {@code pasid}. */
    static int entryIndex(Pasid pasid) {
        return pasid.value() & (1 << LEAF_INDEX_BITS) - 1;
    }

    private static int index(Pasid pasid) {
        return pasid.value() >>> LEAF_INDEX_BITS;
    }

    /** Gives the memory back. Hardware must not be able to reach it any more. */
    void free() {
        leaves.values().forEach(leaf -> tables.free(leaf, LEAF_BYTES));
        leaves.clear();
        retired.forEach(leaf -> tables.free(leaf, LEAF_BYTES));
        retired.clear();
        tables.free(address, bytes());
    }
}
