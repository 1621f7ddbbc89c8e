package dev.hitless.iommu.hardware.vtd;

/** Word 1 of a page-selective IOTLB descriptor: 2^AM pages from ADDR. */
final class PageOperand {
    static final long RESERVED = 0xF80;

    private PageOperand() {}

    static boolean leafOnly(long q1) {
        return (q1 & 1L << 6) != 0;
    }

    static AddressRange range(String command, long q1) throws InvalidDescriptorException {
        int mask = (int) (q1 & 0x3F);
        if (mask > VtdCapabilities.MAXIMUM_ADDRESS_MASK) {
            throw new InvalidDescriptorException(
                    QueueError.RESERVED_FIELD,
                    command + " with AM=" + mask + "; CAP.MAMV is " + VtdCapabilities.MAXIMUM_ADDRESS_MASK);
        }
        long address = q1 & -4096L;
        if ((address & ((4096L << mask) - 1)) != 0) {
            throw new InvalidDescriptorException(
                    QueueError.RESERVED_FIELD,
                    command + " of 0x" + Long.toHexString(address) + ", not aligned to 2^AM pages with AM=" + mask);
        }
        return AddressRange.pages(address, mask);
    }
}
