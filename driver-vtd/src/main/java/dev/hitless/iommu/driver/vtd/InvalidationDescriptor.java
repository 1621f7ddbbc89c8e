package dev.hitless.iommu.driver.vtd;

import dev.hitless.iommu.api.PageResponse;
import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.driver.support.memory.AddressSpan;
import java.util.Locale;

/**
 * A command of the invalidation queue, in its 256-bit form with words 2 and 3 zero (VT-d spec 6.5.2). The type's lower
 * four bits are word 0 [3:0], its upper three word 0 [11:9].
 *
 * @param word0 type and operands
 * @param word1 address and operands
 */
record InvalidationDescriptor(long word0, long word1) {
    /** Length in words of 64 bits. */
    static final int WORDS = 4;

    /** Length in bytes. */
    static final int BYTES = 8 * WORDS;

    private static final int CONTEXT_CACHE = 1;
    private static final int IOTLB = 2;
    private static final int DEVICE_TLB = 3;
    private static final int WAIT = 5;
    private static final int PASID_IOTLB = 6;
    private static final int PASID_CACHE = 7;
    private static final int PASID_DEVICE_TLB = 8;
    private static final int PAGE_GROUP_RESPONSE = 9;

    private static final int GRANULARITY_SHIFT = 4;
    private static final long DRAIN_WRITES = 1 << 6;
    private static final long DRAIN_READS = 1 << 7;
    private static final long INVALIDATION_HINT = 1 << 6;

    /**
     * Drops the context entries of one device.
     *
     * <pre>
     *  63   50 49 48 47        32 31        16 15       6 5 4 3    0
     * +-------+-----+------------+------------+----------+---+------+
     * | rsvd  | FM  |    SID     |  DID (ign) |   rsvd   | 3 |  1   |  word 0; word 1 reserved
     * +-------+-----+------------+------------+----------+---+------+
     * </pre>
     */
    static InvalidationDescriptor contextCacheOfDevice(int sourceId) {
        return new InvalidationDescriptor(sourceId(sourceId, 32) | granularity(3) | CONTEXT_CACHE, 0);
    }

    /** Drops all context entries: layout of {@link #contextCacheOfDevice} with granularity 1. */
    static InvalidationDescriptor allContexts() {
        return new InvalidationDescriptor(granularity(1) | CONTEXT_CACHE, 0);
    }

    /**
     * Drops the PASID entries of {@code pasid} that carry {@code domainId}, of every device.
     *
     * <pre>
     *  63     52 51        32 31        16 15       6 5 4 3    0
     * +---------+------------+------------+----------+---+------+
     * |  rsvd   |   PASID    |    DID     |   rsvd   | G |  7   |  word 0; word 1 reserved
     * +---------+------------+------------+----------+---+------+
     *  G: 0 all PASIDs of DID, 1 PASID in DID, 3 everything
     * </pre>
     */
    static InvalidationDescriptor pasidCache(int domainId, Pasid pasid) {
        return new InvalidationDescriptor(pasid(pasid) | domainId(domainId) | granularity(1) | PASID_CACHE, 0);
    }

    /** Drops all PASID entries and pieces of PASID directories: layout of {@link #pasidCache} with granularity 3. */
    static InvalidationDescriptor allPasids() {
        return new InvalidationDescriptor(granularity(3) | PASID_CACHE, 0);
    }

    /**
     * Drops all translations. In-flight reads and writes are drained.
     *
     * <pre>
     *  63            32 31        16 15     8  7    6   5 4 3    0
     * +----------------+------------+--------+----+----+---+------+
     * |      rsvd      |    DID     |  rsvd  | DR | DW | G |  2   |  word 0
     * +----------------+------------+--------+----+----+---+------+
     *  63                              12 11      7   6   5      0
     * +----------------------------------+---------+----+---------+
     * |  ADDR: first page (G = 3)        |  rsvd   | IH |   AM    |  word 1
     * +----------------------------------+---------+----+---------+
     *  G: 1 global, 2 domain, 3 pages of a domain
     * </pre>
     */
    static InvalidationDescriptor allTranslations() {
        return new InvalidationDescriptor(DRAIN_READS | DRAIN_WRITES | granularity(1) | IOTLB, 0);
    }

    /** Drops all translations tagged {@code domainId}: layout of {@link #allTranslations} with granularity 2. */
    static InvalidationDescriptor translationsOfDomain(int domainId) {
        return new InvalidationDescriptor(domainId(domainId) | DRAIN_READS | DRAIN_WRITES | granularity(2) | IOTLB, 0);
    }

    /** Drops the second-stage translations of {@code pages}: layout of {@link #allTranslations} with granularity 3. */
    static InvalidationDescriptor pagesOfDomain(int domainId, AddressSpan pages, boolean leavesOnly) {
        return new InvalidationDescriptor(
                domainId(domainId) | DRAIN_READS | DRAIN_WRITES | granularity(3) | IOTLB, pages(pages, leavesOnly));
    }

    /**
     * Drops the translations tagged {@code domainId} and {@code pasid}.
     *
     * <pre>
     *  63     52 51        32 31        16 15       6 5 4 3    0
     * +---------+------------+------------+----------+---+------+
     * |  rsvd   |   PASID    |    DID     |   rsvd   | G |  6   |  word 0; word 1 as for type 2
     * +---------+------------+------------+----------+---+------+
     *  G: 2 PASID, 3 pages of a PASID
     * </pre>
     */
    static InvalidationDescriptor translationsOfPasid(int domainId, Pasid pasid) {
        return new InvalidationDescriptor(pasid(pasid) | domainId(domainId) | granularity(2) | PASID_IOTLB, 0);
    }

    /** Drops the translations of {@code pages}: layout of {@link #translationsOfPasid} with granularity 3. */
    static InvalidationDescriptor pagesOfPasid(int domainId, Pasid pasid, AddressSpan pages, boolean leavesOnly) {
        return new InvalidationDescriptor(
                pasid(pasid) | domainId(domainId) | granularity(3) | PASID_IOTLB, pages(pages, leavesOnly));
    }

    /**
     * Makes a device forget translations of requests without PASID.
     *
     * <pre>
     *  63       52 51   48 47        32 31   21 20    16 15      12 11        9 8    4 3    0
     * +-----------+-------+------------+-------+--------+----------+-----------+------+------+
     * |PFSID[15:4]| rsvd  |    SID     | rsvd  |  MIP   |PFSID[3:0]| type[6:4] | rsvd |  3   |  word 0
     * +-----------+-------+------------+-------+--------+----------+-----------+------+------+
     *  63                                                    12 11                1   0
     * +--------------------------------------------------------+-------------------+---+
     * |  ADDR; with S the lowest zero bit tells the size       |       rsvd        | S |  word 1
     * +--------------------------------------------------------+-------------------+---+
     * </pre>
     */
    static InvalidationDescriptor deviceTlb(DeviceTlbTarget target, AddressSpan pages) {
        return new InvalidationDescriptor(
                target.physicalFunctionBits()
                        | sourceId(target.sourceId(), 32)
                        | (long) target.pendingLimitCode() << 16
                        | DEVICE_TLB,
                pages.sizedAddress() | (pages.isSinglePage() ? 0 : 1));
    }

    /**
     * Makes a device forget translations of requests with {@code pasid}.
     *
     * <pre>
     *  63       52 51        32 31        16 15      12 11        9 8     4 3    0
     * +-----------+------------+------------+----------+-----------+-------+------+
     * |PFSID[15:4]|   PASID    |    SID     |PFSID[3:0]| type[6:4] |  MIP  |  8   |  word 0
     * +-----------+------------+------------+----------+-----------+-------+------+
     *  63                                          12  11  10               1   0
     * +----------------------------------------------+----+------------------+---+
     * |  ADDR; with S the lowest zero bit tells size | S  |       rsvd       | G |  word 1
     * +----------------------------------------------+----+------------------+---+
     * </pre>
     */
    static InvalidationDescriptor deviceTlbOfPasid(DeviceTlbTarget target, Pasid pasid, AddressSpan pages) {
        return new InvalidationDescriptor(
                target.physicalFunctionBits()
                        | pasid(pasid)
                        | sourceId(target.sourceId(), 16)
                        | (long) target.pendingLimitCode() << 4
                        | PASID_DEVICE_TLB,
                pages.sizedAddress() | (pages.isSinglePage() ? 0 : 1L << 11));
    }

    /**
     * Writes {@code status} to {@code statusAddress} when all earlier descriptors are done.
     *
     * <pre>
     *  63            32 31              8  7    6    5    4   3    0
     * +----------------+-----------------+----+----+----+----+------+
     * |     STDATA     |      rsvd       | PD | FN | SW | IF |  5   |  word 0
     * +----------------+-----------------+----+----+----+----+------+
     *  63                                              2  1      0
     * +-------------------------------------------------+---------+
     * |                STADDR >> 2                      |  rsvd   |  word 1
     * +-------------------------------------------------+---------+
     * </pre>
     */
    static InvalidationDescriptor completion(long statusAddress, int status) {
        return new InvalidationDescriptor((long) status << 32 | 1L << 5 | WAIT, statusAddress);
    }

    /** A wait for page requests and responses too: {@code wait} with PD. */
    static long[] drainingPageRequests(long[] wait) {
        long[] draining = wait.clone();
        draining[0] |= 1L << 7;
        return draining;
    }

    /** Holds later descriptors until earlier ones are done: layout of {@link #completion} with FN alone. */
    static InvalidationDescriptor fence() {
        return new InvalidationDescriptor(1L << 6 | WAIT, 0);
    }

    /**
     * Answers a page-request group (VT-d spec 7.7.1).
     *
     * <pre>
     *  63     52 51        32 31        16 15   12 11        9 8     5  4    3    0
     * +---------+------------+------------+-------+-----------+-------+----+------+
     * |  rsvd   |   PASID    |    SID     | code  | type[6:4] | rsvd  | PP |  9   |  word 0
     * +---------+------------+------------+-------+-----------+-------+----+------+
     *  63                                        12 11                 3    2     1   0
     * +--------------------------------------------+--------------------+------+-------+
     * |                    rsvd                    |     PRG index      | LPIG |  rsvd |  word 1
     * +--------------------------------------------+--------------------+------+-------+
     * </pre>
     */
    static InvalidationDescriptor pageGroupResponse(PageResponse response) {
        long code =
                switch (response.code()) {
                    case SUCCESS -> 0;
                    case INVALID -> 1;
                    case FAILURE -> 15;
                };
        long withPasid = response.pasid().isNone() ? 0 : 1L << 4;
        return new InvalidationDescriptor(
                pasid(response.pasid())
                        | sourceId(response.requesterId(), 16)
                        | code << 12
                        | withPasid
                        | PAGE_GROUP_RESPONSE,
                (long) response.group() << 3 | 1L << 2);
    }

    private static long granularity(int granularity) {
        return (long) granularity << GRANULARITY_SHIFT;
    }

    private static long domainId(int domainId) {
        return (domainId & 0xFFFFL) << 16;
    }

    private static long pasid(Pasid pasid) {
        return (long) pasid.value() << 32;
    }

    private static long sourceId(int sourceId, int shift) {
        return (sourceId & 0xFFFFL) << shift;
    }

    private static long pages(AddressSpan pages, boolean leavesOnly) {
        return pages.address() | (leavesOnly ? INVALIDATION_HINT : 0) | pages.log2Pages();
    }

    /** As the ring takes it. */
    long[] words() {
        return new long[] {word0, word1, 0, 0};
    }

    @Override
    public String toString() {
        return String.format(Locale.ROOT, "type %d (0x%016x 0x%016x)", word0 & 0xF, word0, word1);
    }
}
