package dev.hitless.iommu.hardware.vtd;

/**
 * PASID table entry, 512 bits (VT-d spec 9.6). Words 3 to 7 are reserved.
 *
 * <pre>
 *     63         12 11 10   9    8:6   5   4:2  1  0
 * q0 |   SSPTPTR   |  0  |SSADE|PGTT |SSEE| AW |FPD|P|
 *     63:32  31  30  29:27  26  25   24    23   22:16 15:0
 * q1 | PAT |PCD|PWT| EMT |EMTE| CD|PGSNP|PWSNP|  0   | DID |
 *     63         12 11:8   7    6    5   4  3:2  1   0
 * q2 |   FSPTPTR   |  0  |EAFE|SMEP|NXE|WPE|FSPM|ERE|SRE|
 * </pre>
 */
final class PasidEntry {
    static final int WORDS = 8;
    static final int BYTES = 64;

    static final int FIRST_STAGE = 1;
    static final int SECOND_STAGE = 2;
    static final int NESTED = 3;
    static final int PASS_THROUGH = 4;

    /** Bits 51:12, an address below the host's width. */
    static final long ADDRESS = 0x000F_FFFF_FFFF_F000L;
    /** Address bits beyond the host's width. */
    private static final long BEYOND_HOST = 0xFFF0_0000_0000_0000L;

    private static final long RESERVED_0 = 0xC00;
    private static final long RESERVED_1 = 0x7F_0000;
    private static final long MEMORY_TYPE_1 = 0xFFFF_FFFF_FE00_0000L;
    private static final long RESERVED_2 = 0xF00;

    private PasidEntry() {}

    static boolean present(long q0) {
        return (q0 & 1) != 0;
    }

    static boolean faultProcessingDisabled(long q0) {
        return (q0 & 2) != 0;
    }

    /** Levels of the second-stage table as AW says; 2 and up, not all of them legal. */
    static int secondStageLevels(long q0) {
        return 2 + (int) (q0 >>> 2 & 7);
    }

    static boolean secondStageExecute(long q0) {
        return (q0 & 1L << 5) != 0;
    }

    static int type(long q0) {
        return (int) (q0 >>> 6 & 7);
    }

    static boolean secondStageFlags(long q0) {
        return (q0 & 1L << 9) != 0;
    }

    static int did(long q1) {
        return (int) (q1 & 0xFFFF);
    }

    static boolean pageWalkSnoop(long q1) {
        return (q1 & 1L << 23) != 0;
    }

    static boolean pageSnoop(long q1) {
        return (q1 & 1L << 24) != 0;
    }

    static boolean supervisorRequests(long q2) {
        return (q2 & 1) != 0;
    }

    static boolean executeRequests(long q2) {
        return (q2 & 2) != 0;
    }

    static int firstStageMode(long q2) {
        return (int) (q2 >>> 2 & 3);
    }

    static boolean writeProtect(long q2) {
        return (q2 & 1L << 4) != 0;
    }

    static boolean noExecute(long q2) {
        return (q2 & 1L << 5) != 0;
    }

    static boolean supervisorExecutePrevention(long q2) {
        return (q2 & 1L << 6) != 0;
    }

    static boolean extendedAccessed(long q2) {
        return (q2 & 1L << 7) != 0;
    }

    /**
     * Whether bits are set that are reserved on this hardware: always reserved ones and those whose feature is missing,
     * whatever the translation type; bits of a table pointer only where the type uses the pointer. Memory-type fields
     * are reserved because ECAP.MTS is 0 here.
     */
    static boolean hasReservedBits(long q0, long q1, long q2, VtdCapabilities capabilities) {
        long reserved0 = RESERVED_0 | (capabilities.secondStageDirty() ? 0 : 1L << 9);
        long reserved1 = RESERVED_1
                | MEMORY_TYPE_1
                | (capabilities.pageWalkCoherent() ? 0 : 1L << 23)
                | (capabilities.snoopControl() ? 0 : 1L << 24);
        long reserved2 = RESERVED_2
                | (capabilities.supervisorRequests() ? 0 : 0b1_0001)
                | (capabilities.executeRequests() ? 0 : 0b10)
                | (capabilities.extendedAccessed() ? 0 : 1L << 7);
        int type = type(q0);
        if (type == SECOND_STAGE || type == NESTED) {
            reserved0 |= BEYOND_HOST;
        }
        if (type == FIRST_STAGE || type == NESTED) {
            reserved2 |= BEYOND_HOST;
        }
        return ((q0 & reserved0) | (q1 & reserved1) | (q2 & reserved2)) != 0;
    }
}
