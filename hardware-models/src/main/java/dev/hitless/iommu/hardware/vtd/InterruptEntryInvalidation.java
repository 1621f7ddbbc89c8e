package dev.hitless.iommu.hardware.vtd;

import dev.hitless.iommu.hardware.CacheKind;
import dev.hitless.iommu.hardware.Invalidation;

/**
 * Type 4: drops interrupt-remapping entries, of which this model has none (VT-d spec 6.5.2.7).
 *
 * <pre>
 *     63:48 47:32  31:27 26:5  4  3:0
 * q0 |  0  | IIDX |  IM |  0 | G | 4 |    G: 0 all, 1 those with this index
 * </pre>
 */
record InterruptEntryInvalidation(boolean indexed, int index, int indexMask) implements Invalidation {
    private static final long RESERVED = 0xFFFF_0000_07FF_F1E0L;

    static InterruptEntryInvalidation decode(long q0, long q1) throws InvalidDescriptorException {
        InvalidDescriptorException.checkReserved("interrupt-entry invalidation", q0 & RESERVED, q1);
        return new InterruptEntryInvalidation(
                (q0 & 1L << 4) != 0, (int) (q0 >>> 32 & 0xFFFF), (int) (q0 >>> 27 & 0x1F));
    }

    @Override
    public String describe() {
        return "invalidate interrupt entries" + (indexed ? ", index " + index + ", mask " + indexMask : ", all");
    }

    @Override
    public boolean covers(CacheKind cache, long tag, long firstAddress, long lengthBytes) {
        return false;
    }
}
