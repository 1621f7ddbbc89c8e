package dev.hitless.iommu.hardware.smmuv3;

/**
 * An unsigned range of addresses.
 *
 * @param first first address
 * @param last last address, included
 */
record AddressRange(long first, long last) {
    /** All addresses. */
    static final AddressRange ALL = new AddressRange(0, -1);

    /** {@code lengthBytes} from {@code first}; must not wrap. */
    static AddressRange of(long first, long lengthBytes) {
        return new AddressRange(first, first + lengthBytes - 1);
    }

    /** Whether it shares an address with the {@code lengthBytes} (unsigned; 0 stands for 2^64) from {@code start}. */
    boolean overlaps(long start, long lengthBytes) {
        return Long.compareUnsigned(first, start + lengthBytes - 1) <= 0 && Long.compareUnsigned(start, last) <= 0;
    }
}
