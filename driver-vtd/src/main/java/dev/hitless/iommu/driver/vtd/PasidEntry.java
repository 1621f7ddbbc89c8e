package dev.hitless.iommu.driver.vtd;

import dev.hitless.iommu.api.Pasid;

/**
 * A PASID table entry (VT-d spec 9.6): the translation behind one PASID. 512 bits, which hardware may fetch in four
 * pieces of 128.
 *
 * <pre>
 *  63                    12 11 10    9     8    6    5   4  2   1    0
 * +------------------------+-----+-------+------+------+----+-----+---+
 * | SSPTPTR: second stage  |rsvd | SSADE | PGTT | SSEE | AW | FPD | P |  word 0 \
 * +------------------------+-----+-------+------+------+----+-----+---+          piece 0
 *  63       32 31        25  24      23    22    16 15              0
 * +-----------+------------+-------+-------+-------+-----------------+
 * |    PAT    | MTS fields | PGSNP | PWSNP |  rsvd |       DID       |  word 1 /
 * +-----------+------------+-------+-------+-------+-----------------+
 *  63                    12 11   8   7      6     5    4   3  2   1     0
 * +------------------------+------+------+------+-----+-----+----+-----+-----+
 * | FSPTPTR: first stage   | rsvd | EAFE | SMEP | NXE | WPE |FSPM| ERE | SRE |  word 2 - piece 1
 * +------------------------+------+------+------+-----+-----+----+-----+-----+
 * |                               reserved                                   |  words 3..7
 * +--------------------------------------------------------------------------+
 * </pre>
 *
 * @param word0 as above
 * @param word1 as above
 * @param word2 as above
 */
record PasidEntry(long word0, long word1, long word2) {
    /** Length of an entry in bytes. */
    static final int BYTES = 64;
    /** Length of an entry in 64-bit words. */
    static final int WORDS = 8;
    /** Largest unit that hardware certainly fetches at once, in 64-bit words. */
    static final int QUANTUM_WORDS = 2;

    /** DMA is blocked and logged. */
    static final PasidEntry NOT_PRESENT = new PasidEntry(0, 0, 0);

    static final long PRESENT = 1;
    static final long FAULT_PROCESSING_DISABLE = 1 << 1;
    private static final int WIDTH_SHIFT = 2;
    private static final int TYPE_SHIFT = 6;
    private static final long TYPE_MASK = 7L << TYPE_SHIFT;
    private static final long WALK_SNOOP = 1 << 23;
    private static final long ROOT_MASK = ~0xFFFL;
    private static final long DOMAIN_ID_MASK = 0xFFFF;

    /** FSPM: five levels. */
    private static final long FIRST_STAGE_5_LEVELS = 1 << 2;

    static final long SUPERVISOR_REQUESTS = 1;
    static final long WRITE_PROTECT = 1 << 4;
    static final long NO_EXECUTE = 1 << 5;
    static final long EXTENDED_ACCESSED = 1 << 7;

    /** DMA is blocked, and the device's faults are not logged: its address space has died. */
    static final PasidEntry FENCED = new PasidEntry(FAULT_PROCESSING_DISABLE, 0, 0);

    /** PGTT: what the entry's pointers mean. */
    enum Type {
        FIRST_STAGE(1),
        SECOND_STAGE(2),
        NESTED(3),
        PASS_THROUGH(4);

        private final int code;

        Type(int code) {
            this.code = code;
        }

        private long bits() {
            return (long) code << TYPE_SHIFT;
        }
    }

    /**
     * A first-stage table.
     *
     * @param flags word 2 beside root and level: {@link #NO_EXECUTE} and the like
     * @param widthCode AW: what the hardware can do at most, see {@link #widthCode}
     */
    static PasidEntry firstStage(int domainId, long root, int levels, long flags, int widthCode, boolean walkSnoop) {
        return new PasidEntry(
                Type.FIRST_STAGE.bits() | (long) widthCode << WIDTH_SHIFT | PRESENT,
                tag(domainId, walkSnoop),
                firstStageWord(root, levels, flags));
    }

    /** A second-stage table of {@code levels} levels. */
    static PasidEntry secondStage(int domainId, long root, int levels, boolean walkSnoop) {
        return new PasidEntry(
                (root & ROOT_MASK) | Type.SECOND_STAGE.bits() | (long) widthCode(levels) << WIDTH_SHIFT | PRESENT,
                tag(domainId, walkSnoop),
                0);
    }

    /** A guest's first-stage table on a second-stage table. */
    static PasidEntry nested(
            int domainId,
            long guestRoot,
            int guestLevels,
            long flags,
            long parentRoot,
            int parentLevels,
            boolean walkSnoop) {
        return new PasidEntry(
                (parentRoot & ROOT_MASK) | Type.NESTED.bits() | (long) widthCode(parentLevels) << WIDTH_SHIFT | PRESENT,
                tag(domainId, walkSnoop),
                firstStageWord(guestRoot, guestLevels, flags));
    }

    /** No translation. */
    static PasidEntry passThrough(int domainId, int widthCode, boolean walkSnoop) {
        return new PasidEntry(
                Type.PASS_THROUGH.bits() | (long) widthCode << WIDTH_SHIFT | PRESENT, tag(domainId, walkSnoop), 0);
    }

    /** AW for second-stage tables of {@code levels} levels: 3 is 1 (39 bits), 4 is 2, 5 is 3; 0 for none. */
    static int widthCode(int levels) {
        return levels == 0 ? 0 : levels - 2;
    }

    /** Word {@code index}, 0..7. */
    long word(int index) {
        return switch (index) {
            case 0 -> word0;
            case 1 -> word1;
            case 2 -> word2;
            default -> 0;
        };
    }

    /** Whether P is set. */
    boolean isPresent() {
        return (word0 & PRESENT) != 0;
    }

    /** DID: the tag of everything that is cached of this entry and of its translations. */
    int domainId() {
        return (int) (word1 & DOMAIN_ID_MASK);
    }

    /** How translations of this entry, which is present, are tagged when they are made for {@code pasid}. */
    TranslationTag translationTag(Pasid pasid) {
        long type = word0 & TYPE_MASK;
        if (type == Type.SECOND_STAGE.bits()) {
            return TranslationTag.secondStage(domainId());
        }
        return type == Type.NESTED.bits()
                ? TranslationTag.nested(domainId(), pasid)
                : TranslationTag.firstStage(domainId(), pasid);
    }

    /** Bits of word {@code index} that hardware evaluates in an entry whose word 0 is {@code word0}. */
    static long usedBits(long word0, int index) {
        if ((word0 & PRESENT) == 0) {
            return index == 0 ? PRESENT | FAULT_PROCESSING_DISABLE : 0;
        }
        long type = word0 & TYPE_MASK;
        boolean firstStage = type == Type.FIRST_STAGE.bits() || type == Type.NESTED.bits();
        boolean secondStage = type == Type.SECOND_STAGE.bits() || type == Type.NESTED.bits();
        return switch (index) {
            // Without a second stage its root is ignored; AW is not known to be, so it counts as used.
            case 0 -> secondStage ? -1L : ~ROOT_MASK;
            case 1 -> -1L;
            case 2 -> firstStage ? -1L : 0;
            default -> 0;
        };
    }

    private static long tag(int domainId, boolean walkSnoop) {
        return (domainId & DOMAIN_ID_MASK) | (walkSnoop ? WALK_SNOOP : 0);
    }

    private static long firstStageWord(long root, int levels, long flags) {
        return (root & ROOT_MASK) | flags | (levels == 5 ? FIRST_STAGE_5_LEVELS : 0);
    }
}
