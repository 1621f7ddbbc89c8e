package dev.hitless.iommu.hardware.amdvi;

/**
 * Addresses that are not translated.
 *
 * <pre>
 * base  (0x20)  51:12 first page | 1 Allow: for every device, else for those with DTE.EX | 0 ExEn
 * limit (0x28)  51:12 last page
 * </pre>
 */
record ExclusionRange(long base, long limit) {
    boolean excludes(long iova, long q1) {
        return BitField.isSet(base, 0)
                && (BitField.isSet(base, 1) || DeviceTableEntry.honoursExclusion(q1))
                && Long.compareUnsigned(iova, BitField.inPlace(base, 51, 12)) >= 0
                && Long.compareUnsigned(iova, BitField.inPlace(limit, 51, 12) | 0xFFF) <= 0;
    }
}
