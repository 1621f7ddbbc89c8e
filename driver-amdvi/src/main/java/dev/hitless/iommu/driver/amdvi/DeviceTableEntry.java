package dev.hitless.iommu.driver.amdvi;

/**
 * A device-table entry (48882, 2.2.2), 256 bits.
 *
 * <pre>
 *  63  62  61 60     58 57 56 55  54   53  52  51             12 11   9 8   7 6  2  1    0
 * +---+---+--+---------+-----+---+-----+--+---+-----------------+------+-----+----+----+---+
 * |   |IW |IR|GCR3     | GLX |GV |GIoV |  |PPR| host root       | Mode | HAD |    | TV | V |  word 0
 * |   |   |  |[14:12]  |     |   |     |  |   | [51:12]         |      |     |    |    |   |
 * +---+---+--+---------+-----+---+-----+--+---+-----------------+------+-----+----+----+---+
 *  63                43 42    33 32  31               16 15                              0
 * +--------------------+--------+---+-------------------+---------------------------------+
 * | GCR3 [51:31]       |        | I | GCR3 [30:15]      | DomainID                        |  word 1
 * +--------------------+--------+---+-------------------+---------------------------------+
 *  63                56 55              54 53                                            0
 * +--------------------+------------------+-----------------------------------------------+
 * |                    | GuestPagingMode  |  (interrupts: not remapped here)              |  word 2; word 3 is 0
 * +--------------------+------------------+-----------------------------------------------+
 *  I: the device may use ATS. GIoV: requests without PASID take the guest path, as PASID 0.
 * </pre>
 *
 * @param word0 bits 63:0
 * @param word1 bits 127:64
 * @param word2 bits 191:128
 */
record DeviceTableEntry(long word0, long word1, long word2) {
    /** Bytes of an entry. */
    static final int BYTES = 32;

    static final long VALID = 1;
    static final long TRANSLATION_VALID = 1 << 1;
    private static final int MODE_SHIFT = 9;
    private static final long HOST_FIELDS = 0x000F_FFFF_FFFF_FE00L;
    static final long PAGE_REQUESTS = 1L << 52;
    static final long GUEST_FOR_NO_PASID = 1L << 54;
    static final long GUEST_VALID = 1L << 55;
    private static final int GUEST_LEVELS_SHIFT = 56;
    private static final long READ_WRITE = 3L << 61;
    private static final long DOMAIN_ID = 0xFFFF;
    static final long ATS = 1L << 32;
    private static final int GUEST_PAGING_MODE_SHIFT = 54;

    private static final long GCR3_WORD0 = 0x7L << 58;
    private static final long GUEST_WORD0 = GCR3_WORD0 | 3L << GUEST_LEVELS_SHIFT | GUEST_VALID | GUEST_FOR_NO_PASID;
    private static final long GCR3_WORD1 = 0xFFFF_0000L | (0x1F_FFFFL << 43);

    /** What every entry holds that leads nowhere: all DMA is aborted. */
    static final DeviceTableEntry BLOCKED = new DeviceTableEntry(VALID, 0, 0);

    /** The same entry, with translations tagged otherwise. */
    DeviceTableEntry withDomainId(int domainId) {
        return new DeviceTableEntry(word0, (word1 & ~DOMAIN_ID) | domainId, word2);
    }

    /** The same entry, with a guest path. */
    DeviceTableEntry withGuest(Gcr3Pointer gcr3, boolean forRequestsWithoutPasid) {
        long root = gcr3.root();
        return new DeviceTableEntry(
                (word0 & ~GUEST_WORD0)
                        | ((root >>> 12) & 0x7) << 58
                        | (long) (gcr3.levels() - 1) << GUEST_LEVELS_SHIFT
                        | GUEST_VALID
                        | (forRequestsWithoutPasid ? GUEST_FOR_NO_PASID : 0),
                (word1 & ~GCR3_WORD1) | ((root >>> 15) & 0xFFFF) << 16 | ((root >>> 31) & 0x1F_FFFF) << 43,
                gcr3.fiveLevels() ? 1L << GUEST_PAGING_MODE_SHIFT : 0);
    }

    /** The same entry without the guest path; its other fields stay, and are not looked at. */
    DeviceTableEntry withoutGuest() {
        return new DeviceTableEntry(word0 & ~(GUEST_VALID | GUEST_FOR_NO_PASID), word1, word2);
    }

    /**
     * The same entry, with host translation.
     *
     * @param mode levels of the v1 table; 0: none, addresses are physical
     * @param root of that table
     */
    DeviceTableEntry withHost(int mode, long root) {
        long host = (long) mode << MODE_SHIFT | root;
        return new DeviceTableEntry((word0 & ~HOST_FIELDS) | host | TRANSLATION_VALID | READ_WRITE, word1, word2);
    }

    /** Whether there is a guest path. */
    boolean hasGuest() {
        return (word0 & GUEST_VALID) != 0;
    }

    /** Whether requests without PASID take the guest path. */
    boolean guestForRequestsWithoutPasid() {
        return (word0 & GUEST_FOR_NO_PASID) != 0;
    }

    /** Whether it leads anywhere; else all DMA is aborted and most fields are not looked at. */
    boolean translates() {
        return (word0 & TRANSLATION_VALID) != 0;
    }

    /** DomainID, the tag of its translations. */
    int domainId() {
        return (int) (word1 & DOMAIN_ID);
    }

    /** Words 1 and 2 of {@code other}. */
    DeviceTableEntry withUpperWordsOf(DeviceTableEntry other) {
        return new DeviceTableEntry(word0, other.word1, other.word2);
    }

    /** Word 2 of {@code other}. */
    DeviceTableEntry withLastWordOf(DeviceTableEntry other) {
        return new DeviceTableEntry(word0, word1, other.word2);
    }
}
