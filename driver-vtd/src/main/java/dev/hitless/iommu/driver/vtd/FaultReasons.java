package dev.hitless.iommu.driver.vtd;

import java.util.Map;

/** Fault reason codes of scalable mode in words (VT-d spec, appendix A). */
final class FaultReasons {
    private static final Map<Integer, String> WORDS = Map.ofEntries(
            Map.entry(0x30, "root table address or mode"),
            Map.entry(0x33, "all DMA is aborted"),
            Map.entry(0x38, "root entry cannot be read"),
            Map.entry(0x39, "root entry not present"),
            Map.entry(0x3A, "reserved bits in the root entry"),
            Map.entry(0x40, "context entry cannot be read"),
            Map.entry(0x41, "context entry not present"),
            Map.entry(0x42, "reserved bits in the context entry"),
            Map.entry(0x43, "context entry invalid"),
            Map.entry(0x44, "translation request, but the context entry does not enable the device TLB"),
            Map.entry(0x45, "request with PASID, but the context entry does not enable PASIDs"),
            Map.entry(0x46, "PASID beyond the directory"),
            Map.entry(0x47, "page request, but the context entry does not enable those"),
            Map.entry(0x48, "RID_PASID invalid"),
            Map.entry(0x50, "PASID directory entry cannot be read"),
            Map.entry(0x51, "PASID directory entry not present"),
            Map.entry(0x52, "reserved bits in the PASID directory entry"),
            Map.entry(0x58, "PASID table entry cannot be read"),
            Map.entry(0x59, "PASID table entry not present"),
            Map.entry(0x5A, "reserved bits in the PASID table entry"),
            Map.entry(0x5B, "PASID table entry invalid"),
            Map.entry(0x5C, "execute request not enabled"),
            Map.entry(0x5D, "supervisor request not enabled"),
            Map.entry(0x70, "first-stage entry cannot be read"),
            Map.entry(0x71, "first-stage entry not present"),
            Map.entry(0x72, "reserved bits in a first-stage entry"),
            Map.entry(0x73, "first-stage root cannot be read"),
            Map.entry(0x74, "nested: first-stage entry beyond the second stage's width"),
            Map.entry(0x75, "nested: first-stage root not readable in the second stage"),
            Map.entry(0x76, "nested: first-stage entry not readable in the second stage"),
            Map.entry(0x77, "nested: first-stage entry not writable in the second stage"),
            Map.entry(0x78, "second-stage entry cannot be read"),
            Map.entry(0x79, "not permitted by the second stage"),
            Map.entry(0x7A, "reserved bits in a second-stage entry"),
            Map.entry(0x7B, "second-stage root cannot be read"),
            Map.entry(0x7C, "second-stage accessed or dirty bit on a walk that does not snoop"),
            Map.entry(0x80, "address not canonical"),
            Map.entry(0x81, "user request to a supervisor page"),
            Map.entry(0x82, "no execute permission"),
            Map.entry(0x83, "address beyond the hardware's limit"),
            Map.entry(0x84, "address beyond the second stage's width"),
            Map.entry(0x85, "no write permission"),
            Map.entry(0x86, "no read permission"),
            Map.entry(0x87, "output in the interrupt range"),
            Map.entry(0x90, "first-stage accessed or dirty bit on a walk that does not snoop"));

    private FaultReasons() {}

    /** {@code code} in words. */
    static String of(int code) {
        return WORDS.getOrDefault(code, "fault code 0x" + Integer.toHexString(code));
    }
}
