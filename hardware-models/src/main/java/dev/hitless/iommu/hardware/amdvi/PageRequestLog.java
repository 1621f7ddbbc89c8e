package dev.hitless.iommu.hardware.amdvi;

import dev.hitless.iommu.hardware.PageRequestMessage;

/**
 * Writes page-request (PPR) records, 16 bytes each.
 *
 * <pre>
 *  63 60 59   48 47 46 45        42 41   40         32 31          16 15      0
 * |  1  | flags |     |PASID[19:16]|last|   group     | PASID[15:0]   | DeviceID |  127:64 address
 *
 * flags: 0x004 read, 0x020 write, 0x040 user, 0x100 GN (with PASID)
 * </pre>
 */
final class PageRequestLog {
    private static final long TYPE_FAULT = 1L << 60;
    private static final long LAST = 1L << 41;
    private static final long READ = 0x004L << 48;
    private static final long WRITE = 0x020L << 48;
    private static final long USER = 0x040L << 48;
    private static final long GUEST = 0x100L << 48;

    private final LogRing ring;

    PageRequestLog(LogRing ring) {
        this.ring = ring;
    }

    /** First word of a record, without the type. */
    static long record(PageRequestMessage request) {
        int pasid = request.pasid();
        long word = (request.requesterId() & 0xFFFF) | (long) (request.group() & 0x1FF) << 32;
        word |= (request.last() ? LAST : 0) | (request.read() ? READ : 0) | (request.write() ? WRITE : 0);
        if (pasid != -1) {
            word |= GUEST | USER | (long) (pasid & 0xFFFF) << 16 | (long) (pasid >>> 16) << 42;
        }
        return word;
    }

    /** Writes a record; says whether it did. */
    boolean append(long record, long address) {
        return ring.append(TYPE_FAULT | record, address);
    }
}
