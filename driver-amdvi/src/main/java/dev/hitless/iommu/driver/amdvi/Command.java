package dev.hitless.iommu.driver.amdvi;

import dev.hitless.iommu.api.PageResponse;
import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.driver.support.memory.AddressSpan;

/**
 * A command (48882, 2.4). The opcode is in bits 63:60 of word 0; what is not shown is zero.
 *
 * @param word0 bits 63:0
 * @param word1 bits 127:64
 */
record Command(long word0, long word1) {
    private static final int OPCODE_SHIFT = 60;
    private static final long COMPLETION_WAIT = 1L << OPCODE_SHIFT;
    private static final long INVALIDATE_DEVTAB_ENTRY = 2L << OPCODE_SHIFT;
    private static final long INVALIDATE_IOMMU_PAGES = 3L << OPCODE_SHIFT;
    private static final long INVALIDATE_IOTLB_PAGES = 4L << OPCODE_SHIFT;
    private static final long COMPLETE_PPR_REQUEST = 7L << OPCODE_SHIFT;
    private static final long INVALIDATE_IOMMU_ALL = 8L << OPCODE_SHIFT;

    private static final int PAGE_SHIFT = 12;
    private static final int ADDRESS_BITS = 51;
    private static final long STORE = 1;
    /** Word 1: the address says how many pages. */
    private static final long SIZE = 1;
    /** Word 1: directory entries, too. */
    private static final long DIRECTORIES = 1 << 1;
    /** Word 1: guest addresses of a PASID. */
    private static final long GUEST = 1 << 2;

    /**
     * Everything before is complete when the data has been stored.
     *
     * <pre>
     *  63  60 59   52 51                    3   2   1   0
     * +------+-------+-----------------------+---+---+---+
     * |  1   |       | store address [51:3]  | F | I | S |  word 0; word 1: data
     * +------+-------+-----------------------+---+---+---+
     * </pre>
     *
     * @param address aligned to 8
     */
    static Command completionWait(long address, long data) {
        return new Command(COMPLETION_WAIT | address | STORE, data);
    }

    /**
     * Copies of a device-table entry.
     *
     * <pre>
     *  63  60 59                   16 15       0
     * +------+-----------------------+----------+
     * |  2   |                       | DeviceID |  word 0
     * +------+-----------------------+----------+
     * </pre>
     */
    static Command deviceTableEntry(int deviceId) {
        return new Command(INVALIDATE_DEVTAB_ENTRY | deviceId, 0);
    }

    /**
     * Translations under a tag, and the directories (GCR3 entries included) that lead there.
     *
     * <pre>
     *  63  60 59   48 47       32 31   20 19      0      63              12 11    3  2   1   0
     * +------+-------+-----------+-------+---------+    +-----------------+-------+---+---+---+
     * |  3   |       | DomainID  |       |  PASID  |    | address [63:12] |       | GN|PDE| S |
     * +------+-------+-----------+-------+---------+    +-----------------+-------+---+---+---+
     * </pre>
     */
    static Command pages(TranslationTag tag, AddressSpan span) {
        long word0 = INVALIDATE_IOMMU_PAGES
                | (long) tag.domainId() << 32
                | tag.pasid().value();
        return new Command(word0, addresses(span) | DIRECTORIES | (tag.guest() ? GUEST : 0));
    }

    /**
     * What a device keeps. QueueID is the DeviceID, as Linux has it.
     *
     * <pre>
     *  63  60 59     56 55     48 47     32 31     24 23      16 15       0      63            12 11  3  2  1  0
     * +------+---------+---------+---------+---------+----------+----------+    +---------------+-----+---+--+---+
     * |  4   |PASID    |PASID    | QueueID | Maxpend |PASID     | DeviceID |    |address [63:12]|     | GN|  | S |
     * |      |[19:16]  |[7:0]    |         |         |[15:8]    |          |    |               |     |   |  |   |
     * +------+---------+---------+---------+---------+----------+----------+    +---------------+-----+---+--+---+
     * </pre>
     *
     * @param queueDepth invalidations that the device can take at once, 1..32
     * @param pasid {@link Pasid#NONE}: what it keeps for requests without PASID, and for all PASIDs, a guest's included: the
     *     device is sent an invalidate request without PASID, which concerns all of them (PCI Express, ATS)
     */
    static Command devicePages(int deviceId, int queueDepth, Pasid pasid, AddressSpan span) {
        long value = pasid.value();
        long word0 = INVALIDATE_IOTLB_PAGES
                | ((value >>> 16) & 0xF) << 56
                | (value & 0xFF) << 48
                | (long) deviceId << 32
                | (long) queueDepth << 24
                | ((value >>> 8) & 0xFF) << 16
                | deviceId;
        return new Command(word0, addresses(span) | (pasid.isNone() ? 0 : GUEST));
    }

    /**
     * Answers a group of page requests.
     *
     * <pre>
     *  63  60 59   52 51       32 31   16 15       0      63  48 47    44 43   41 40      32 31   3  2  1   0
     * +------+-------+-----------+-------+----------+    +------+--------+-------+----------+------+---+-----+
     * |  7   |       |   PASID   |       | DeviceID |    |      | status |       |   tag    |      | GN|     |
     * +------+-------+-----------+-------+----------+    +------+--------+-------+----------+------+---+-----+
     * </pre>
     */
    static Command pageResponse(PageResponse response) {
        long status =
                switch (response.code()) {
                    case SUCCESS -> 0;
                    case INVALID -> 1;
                    case FAILURE -> 0xF;
                };
        return new Command(
                COMPLETE_PPR_REQUEST | (long) response.pasid().value() << 32 | response.requesterId(),
                status << 44 | (long) response.group() << 32 | (response.pasid().isNone() ? 0 : GUEST));
    }

    /** Everything, of every cache. Word 0 is the opcode, 8. */
    static Command all() {
        return new Command(INVALIDATE_IOMMU_ALL, 0);
    }

    /** As the ring takes it. */
    long[] words() {
        return new long[] {word0, word1};
    }

    /** Address and S. Bits 63:52 of an address are taken for copies of bit 51 (2.4.3); what that would change is everything. */
    private static long addresses(AddressSpan span) {
        boolean expressible = span.log2Pages() < ADDRESS_BITS - PAGE_SHIFT && span.address() >>> ADDRESS_BITS == 0;
        AddressSpan named = expressible ? span : AddressSpan.EVERYTHING;
        return named.sizedAddress() | (named.isSinglePage() ? 0 : SIZE);
    }
}
