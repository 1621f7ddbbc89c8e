package dev.hitless.iommu.conformance.observe;

import dev.hitless.iommu.hardware.CacheKind;
import dev.hitless.iommu.hardware.StructureKind;
import dev.hitless.iommu.hardware.StructureKind.FetchOrder;

/**
 * A family of small IOMMUs, described by declarations alone: the walker and the simulator both follow them, each in its
 * own way.
 *
 * <pre>
 * directory entry (optional, one word per requester, in one fixed page):   [entry page | valid]
 * entry (64 bytes apart, in the fixed page or where the directory says), two quanta of 1 or 2 words, or one of 2:
 *   first quantum:   [tag &lt;&lt; 8 | valid] [attributes]
 *   second quantum:  [table | illegal &lt;&lt; 1] [attributes]
 * upper table (with two levels, one word):   [lower table | valid]
 * lower table (one word per page of 4 KiB):  [output page | valid]
 * </pre>
 *
 * @param order how the entry's quanta are fetched
 * @param quantumWords words per quantum of the entry
 * @param directory whether a directory entry leads to the entry
 * @param levels levels of the page table, 1 or 2
 * @param snoopedConfiguration whether fetches of directory and entry snoop
 * @param snoopedTables whether fetches of tables snoop
 * @param postedWrites whether stores are held back until a command or a flush
 * @param invalidCached whether entries that are not valid may be cached
 * @param pages probed pages, 1 or 2
 * @param leavesKept whether the leaf entry is kept as such, besides the translation that it ends in
 */
record ToyHardware(
        FetchOrder order,
        int quantumWords,
        boolean directory,
        int levels,
        boolean snoopedConfiguration,
        boolean snoopedTables,
        boolean postedWrites,
        boolean invalidCached,
        int pages,
        boolean leavesKept) {
    static final CacheKind DIRECTORY_CACHE = new CacheKind("directory cache", CacheKind.Role.CONFIGURATION);
    static final CacheKind ENTRY_CACHE = new CacheKind("entry cache", CacheKind.Role.CONFIGURATION);
    static final CacheKind TABLE_CACHE = new CacheKind("table cache", CacheKind.Role.PAGING_STRUCTURE);
    static final CacheKind TLB = new CacheKind("IOTLB", CacheKind.Role.TRANSLATION);
    static final CacheKind DEVICE_TLB = new CacheKind("device TLB", CacheKind.Role.DEVICE_TRANSLATION);

    static final long VALID = 1;
    static final long ILLEGAL = 2;
    static final long ADDRESS = ~0xFFFL;
    static final int ENTRY_BYTES = 64;
    static final long PAGE_BYTES = 4096;
    /** Input addresses that one upper-table entry serves. */
    static final long UPPER_BYTES = 2 * PAGE_BYTES;

    /** Coherent, snooping, nothing cached that is not valid: the plainest one. */
    static ToyHardware plain(FetchOrder order, int quantumWords) {
        return new ToyHardware(order, quantumWords, false, 1, true, true, false, false, 1, true);
    }

    int entryWords() {
        return order == FetchOrder.WHOLE ? quantumWords : 2 * quantumWords;
    }

    int quanta() {
        return entryWords() / quantumWords;
    }

    /** Index of the entry's word that points to the page table. */
    int tableWord() {
        return entryWords() / 2;
    }

    boolean hasAttributes() {
        return entryWords() == 4;
    }

    StructureKind directoryKind() {
        return new StructureKind("directory entry", 1, 1, FetchOrder.WHOLE, 0, snoopedConfiguration);
    }

    StructureKind entryKind() {
        return new StructureKind("entry", entryWords(), quantumWords, order, 0, snoopedConfiguration);
    }

    StructureKind tableKind() {
        return new StructureKind("table entry", 1, 1, FetchOrder.WHOLE, 0, snoopedTables);
    }

    static long entryWord(int tag) {
        return (long) tag << 8 | VALID;
    }

    static int tag(long entryWord) {
        return (int) (entryWord >>> 8) & 0xFF;
    }
}
