package dev.hitless.iommu.driver.smmuv3;

import dev.hitless.iommu.api.PageResponse;
import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.driver.support.memory.AddressSpan;

/**
 * Commands of 16 bytes for the command queue (IHI 0070 chapter 4).
 *
 * <pre>
 *  63            48 47          32 31           12 11  10   9         7          0
 * +----------------+--------------+---------------+---+----+---+-----+------------+
 * |       StreamID (CFGI, ATC)    | SubstreamID   |SSV|SSec| G |     |   opcode   |  word 0
 * |      ASID      |     VMID     | SCALE, NUM    |   |    |   |     |            |
 * +----------------+--------------+---------------+---+----+---+-----+------------+
 *  63                                           12 11  10 9   8            5      0
 * +-----------------------------------------------+------+-----+------------------+
 * |                  address                      |  TG  | TTL |   Leaf, Size,    |  word 1
 * |                                               |      |     |   Range          |
 * +-----------------------------------------------+------+-----+------------------+
 *  SCALE [24:20], NUM [16:12]. SSec and G(lobal) stay 0.
 * </pre>
 *
 * @param word0 as above
 * @param word1 as above
 */
record Command(long word0, long word1) {
    private static final long SSV = 1L << 11;
    private static final long LEAF = 1;
    private static final long GRANULE_4K = 1L << 10;
    private static final int RANGE_ALL = 31;

    /** ATC_INV.Size that means every address. */
    static final int EVERYTHING = 52;

    /** SCALE and NUM of a range hold 5 bits. */
    private static final int LARGEST_FIELD = 31;

    /** CMD_SYNC without interrupt: completion is seen in CMDQ_CONS. */
    static final Command SYNC = new Command(0x46, 0);

    long[] words() {
        return new long[] {word0, word1};
    }

    /** Drops the STE of {@code streamId}, with all its CDs and L1CDs; L1STDs may stay. */
    static Command configOfStream(int streamId) {
        return new Command(0x03 | stream(streamId), LEAF);
    }

    /** Drops what is known of 2^{@code bits} StreamIDs (1 to 31 bits) around {@code streamId}, L1STDs included. */
    static Command configOfStreams(int streamId, int bits) {
        int first = streamId & -1 << bits;
        return new Command(0x04 | stream(first), bits - 1);
    }

    /** Drops all configuration. */
    static Command allConfig() {
        return new Command(0x04, RANGE_ALL);
    }

    /**
     * Drops the CD of {@code substream}.
     *
     * @param leaf whether the L1CD above it may stay
     */
    static Command contextDescriptor(int streamId, int substream, boolean leaf) {
        return new Command(0x05 | (long) substream << 12 | stream(streamId), leaf ? LEAF : 0);
    }

    /** Drops all CDs and L1CDs of {@code streamId}. */
    static Command contextDescriptors(int streamId) {
        return new Command(0x06 | stream(streamId), 0);
    }

    /** Drops all stage-1 translations of {@code vmid}, also those combined with stage 2. */
    static Command stage1OfVmid(int vmid) {
        return new Command(0x10 | vmid(vmid), 0);
    }

    /** Drops all translations of {@code asid} under {@code vmid}: 0 for stage-1 domains of this driver, mostly. */
    static Command asid(int vmid, int asid) {
        return new Command(0x11 | vmid(vmid) | asidBits(asid), 0);
    }

    /** Drops translations of the page at {@code address} under {@code asid}. */
    static Command pageOfAsid(int vmid, int asid, long address, boolean leaf) {
        return new Command(0x12 | vmid(vmid) | asidBits(asid), (address & -4096L) | (leaf ? LEAF : 0));
    }

    /** Drops translations of a range under {@code asid}. */
    static Command rangeOfAsid(int vmid, int asid, TlbRange range, boolean leaf) {
        return new Command(0x12 | vmid(vmid) | asidBits(asid) | range(range), rangeAddress(range, leaf));
    }

    /** Drops all translations, of either stage, of {@code vmid}. */
    static Command allOfVmid(int vmid) {
        return new Command(0x28 | vmid(vmid), 0);
    }

    /** Drops stage-2 translations of the page at {@code address}; those combined with stage 1 may stay. */
    static Command pageOfVmid(int vmid, long address, boolean leaf) {
        return new Command(0x2a | vmid(vmid), (address & -4096L) | (leaf ? LEAF : 0));
    }

    /** Drops stage-2 translations of a range; those combined with stage 1 may stay. */
    static Command rangeOfVmid(int vmid, TlbRange range, boolean leaf) {
        return new Command(0x2a | vmid(vmid) | range(range), rangeAddress(range, leaf));
    }

    /** Drops all translations of NS-EL1 and NS-EL2 without virtualisation extensions. */
    static Command allTranslations() {
        return new Command(0x30, 0);
    }

    /** Has a device drop what it keeps for {@code pasid}; without PASID: what it keeps for all. */
    static Command deviceTranslations(int streamId, Pasid pasid, AddressSpan span) {
        long substream = pasid.isNone() ? 0 : SSV | (long) pasid.value() << 12;
        return new Command(0x40 | substream | stream(streamId), span.address() | span.log2Pages());
    }

    /** Answers a page request. */
    static Command pageResponse(PageResponse response) {
        long substream =
                response.pasid().isNone() ? 0 : SSV | (long) response.pasid().value() << 12;
        long code =
                switch (response.code()) {
                    case FAILURE -> 0;
                    case INVALID -> 1;
                    case SUCCESS -> 2;
                };
        return new Command(0x41 | substream | stream(response.requesterId()), code << 12 | response.group());
    }

    /** Ends a stalled transaction by an abort. */
    static Command abortStalled(int streamId, int tag) {
        return new Command(0x44 | 1L << 13 | stream(streamId), tag & 0xFFFF);
    }

    private static long stream(int streamId) {
        return (long) streamId << 32;
    }

    private static long vmid(int vmid) {
        return (long) vmid << 32;
    }

    private static long asidBits(int asid) {
        return (long) asid << 48;
    }

    private static long range(TlbRange range) {
        if (range.scale() > LARGEST_FIELD || range.num() > LARGEST_FIELD) {
            throw new IllegalArgumentException(range + " does not fit a range command");
        }
        return (long) range.scale() << 20 | (long) range.num() << 12;
    }

    private static long rangeAddress(TlbRange range, boolean leaf) {
        return range.address() | GRANULE_4K | (leaf ? LEAF : 0);
    }

    @Override
    public String toString() {
        return String.format("command 0x%02x (0x%x 0x%x)", word0 & 0xFF, word0, word1);
    }
}
