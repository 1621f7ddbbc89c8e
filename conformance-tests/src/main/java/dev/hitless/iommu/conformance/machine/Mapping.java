package dev.hitless.iommu.conformance.machine;

/**
 * One intended mapping.
 *
 * @param iova first address
 * @param output first output address
 * @param lengthBytes length
 * @param write whether writes are allowed; reads always are
 */
public record Mapping(long iova, long output, long lengthBytes, boolean write) {
    boolean contains(long address) {
        return Long.compareUnsigned(address - iova, lengthBytes) < 0;
    }
}
