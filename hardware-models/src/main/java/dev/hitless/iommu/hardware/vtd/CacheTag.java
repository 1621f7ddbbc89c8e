package dev.hitless.iommu.hardware.vtd;

/**
 * Under which tag hardware keeps what it read (VT-d spec 6.2.1), packed into a long.
 *
 * <pre>
 *  configuration   |      52 | 51:36 | 35:16 | 15:0 |
 *                  | any DID |  DID  | PASID | SID  |
 *
 *  pages, IOTLB    |         39 |   38 |       37 |     36 | 35:16 | 15:0 |
 *                  | supervisor | leaf | DID only | nested | PASID | DID  |
 *
 *  device TLB      |        36 | 35:16 | 15:0 |
 *                  | has PASID | PASID | SID  |
 * </pre>
 *
 * <p><b>Any DID.</b> A PASID directory entry has no domain id, and neither has a PASID entry that is not present. The
 * specification keeps no separate cache for them: the piece belongs to the PASID-cache entry of (SID, PASID), and the
 * guidance for changed entries names only PASID-cache invalidations with the domain id of an entry found through them. So
 * such a piece is dropped by every PASID-cache invalidation that could match an entry of that PASID, whatever its domain
 * id: PASID-selective for the PASID, domain-selective, or global.
 *
 * <p><b>Shapes in the IOTLB.</b> Results of a second stage alone are known by domain id alone. Results of a first stage
 * and of pass-through are known by (DID, PASID) and cannot be told apart by hardware; nested ones are known by the same
 * pair, but a domain-selective IOTLB invalidation drops them as well. A request of the first shape never finds one of the
 * others.
 */
final class CacheTag {
    private static final int FIRST_FIELD = 16;
    private static final int DOMAIN_FIELD = 36;
    private static final long ANY_DOMAIN = 1L << 52;

    private static final long NESTED = 1L << 36;
    private static final long DOMAIN_ONLY = 1L << 37;
    private static final long LEAF = 1L << 38;
    private static final long SUPERVISOR = 1L << 39;

    private static final long HAS_PASID = 1L << 36;

    private CacheTag() {}

    /** Context entry, and the root entry above it. */
    static long context(int sid) {
        return sid & 0xFFFF;
    }

    /** PASID entry of domain {@code did}. */
    static long pasidEntry(int sid, int pasid, int did) {
        return (long) did << DOMAIN_FIELD | (long) pasid << FIRST_FIELD | (sid & 0xFFFF);
    }

    /** Piece of a PASID-cache entry without domain id. */
    static long pasidPiece(int sid, int pasid) {
        return ANY_DOMAIN | (long) pasid << FIRST_FIELD | (sid & 0xFFFF);
    }

    /** First-stage entry or result, or pass-through result. */
    static long firstStage(int did, int pasid, boolean nested, boolean supervisor) {
        return (supervisor ? SUPERVISOR : 0) | (nested ? NESTED : 0) | (long) pasid << FIRST_FIELD | did;
    }

    /** Second-stage entry or result. */
    static long secondStage(int did) {
        return DOMAIN_ONLY | did;
    }

    /** Second-stage leaf entry that a nested walk used. */
    static long secondStageLeaf(int did) {
        return LEAF | DOMAIN_ONLY | did;
    }

    /** Result kept in a device. */
    static long device(int sid, int pasid, boolean hasPasid) {
        return (hasPasid ? HAS_PASID | (long) pasid << FIRST_FIELD : 0) | (sid & 0xFFFF);
    }

    /** Source id in a configuration or device tag. */
    static int sid(long tag) {
        return (int) tag & 0xFFFF;
    }

    /** PASID in any tag. */
    static int pasid(long tag) {
        return (int) (tag >>> FIRST_FIELD) & 0xF_FFFF;
    }

    /** Whether a configuration tag is of domain {@code did}, or of none. */
    static boolean configurationOf(long tag, int did) {
        return (tag & ANY_DOMAIN) != 0 || (int) (tag >>> DOMAIN_FIELD & 0xFFFF) == did;
    }

    /** Domain id in a tag of pages or the IOTLB. */
    static int did(long tag) {
        return (int) tag & 0xFFFF;
    }

    static boolean isNested(long tag) {
        return (tag & NESTED) != 0;
    }

    static boolean isDomainOnly(long tag) {
        return (tag & DOMAIN_ONLY) != 0;
    }

    static boolean isLeaf(long tag) {
        return (tag & LEAF) != 0;
    }

    /** Whether a device tag is of requests with PASID. */
    static boolean hasPasid(long tag) {
        return (tag & HAS_PASID) != 0;
    }
}
