package dev.hitless.iommu.hardware.vtd;

import dev.hitless.iommu.hardware.CacheKind;
import dev.hitless.iommu.hardware.Invalidation;
import java.util.Locale;

/**
 * Types 3 and 8: drop what a device keeps (VT-d spec 6.5.2.5, 6.5.2.6). Type 3 reaches only results of requests without
 * PASID, type 8 only those with one. PFSID is reserved because ECAP.DIT is 0 here.
 *
 * <pre>
 * type 3
 *     63:52    51:48 47:32 31:21 20:16 15:12    11:9 8:4 3:0
 * q0 | PFSID hi |  0 | SID |  0  | MIP |PFSID lo|  0 | 0 | 3 |
 *     63:12  11:1  0
 * q1 | ADDR |  0 | S |
 *
 * type 8
 *     63:52    51:32   31:16 15:12    11:9 8:4 3:0
 * q0 | PFSID hi| PASID | SID |PFSID lo|  0 |MIP| 8 |
 *     63:12  11  10:1 0
 * q1 | ADDR | S |  0 | G |    G: all PASIDs
 * </pre>
 *
 * @param hasPasid type 8
 * @param allPasids G of type 8
 * @param pasid of type 8
 */
record DeviceTlbInvalidation(int sid, boolean hasPasid, boolean allPasids, int pasid, AddressRange range)
        implements Invalidation {
    private static final long RESERVED_0 = 0xFFFF_0000_FFE0_F1F0L;
    private static final long RESERVED_1 = 0xFFE;
    private static final long PASID_RESERVED_0 = 0xFFF0_0000_0000_F000L;
    private static final long PASID_RESERVED_1 = 0x7FE;

    static DeviceTlbInvalidation decode(long q0, long q1) throws InvalidDescriptorException {
        InvalidDescriptorException.checkReserved("device-TLB invalidation", q0 & RESERVED_0, q1 & RESERVED_1);
        AddressRange range = AddressRange.ofDevice(q1 & -4096L, (q1 & 1) != 0);
        return new DeviceTlbInvalidation((int) (q0 >>> 32 & 0xFFFF), false, false, 0, range);
    }

    static DeviceTlbInvalidation decodeWithPasid(long q0, long q1) throws InvalidDescriptorException {
        InvalidDescriptorException.checkReserved(
                "PASID-based device-TLB invalidation", q0 & PASID_RESERVED_0, q1 & PASID_RESERVED_1);
        AddressRange range = AddressRange.ofDevice(q1 & -4096L, (q1 & 1L << 11) != 0);
        return new DeviceTlbInvalidation(
                (int) (q0 >>> 16 & 0xFFFF), true, (q1 & 1) != 0, (int) (q0 >>> 32 & 0xF_FFFF), range);
    }

    @Override
    public String describe() {
        String which = !hasPasid ? "" : allPasids ? ", all PASIDs" : String.format(Locale.ROOT, ", PASID 0x%x", pasid);
        return String.format(Locale.ROOT, "invalidate device TLB of 0x%x%s, %s", sid, which, range);
    }

    @Override
    public boolean covers(CacheKind cache, long tag, long firstAddress, long lengthBytes) {
        return cache.equals(VtdCaches.DEVICE_TLB)
                && CacheTag.sid(tag) == sid
                && CacheTag.hasPasid(tag) == hasPasid
                && (!hasPasid || allPasids || CacheTag.pasid(tag) == pasid)
                && range.meets(firstAddress, lengthBytes);
    }

    @Override
    public int targetRequester() {
        return sid;
    }
}
