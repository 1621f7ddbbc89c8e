package dev.hitless.iommu.hardware.vtd;

import java.util.Locale;

/**
 * A range of addresses that an invalidation names, a power of two long and aligned to it.
 *
 * @param first lowest address
 * @param last highest address, unsigned
 */
record AddressRange(long first, long last) {
    /** Every address. */
    static final AddressRange EVERYTHING = new AddressRange(0, -1L);

    /** 2^{@code mask} pages of 4 KiB from {@code address}. */
    static AddressRange pages(long address, int mask) {
        return new AddressRange(address, address + (4096L << mask) - 1);
    }

    /**
     * The range of a device-TLB descriptor: with S=0 one page, with S=1 the position of the lowest 0 in ADDR[63:12]
     * tells the size (PCI Express ATS).
     */
    static AddressRange ofDevice(long address, boolean several) {
        if (!several) {
            return pages(address, 0);
        }
        int lowestZero = Long.numberOfTrailingZeros(~(address | 0xFFF));
        if (lowestZero >= 63) {
            return EVERYTHING;
        }
        long first = address & (-1L << (lowestZero + 1));
        return new AddressRange(first, first + (1L << (lowestZero + 1)) - 1);
    }

    /** Whether {@code bytes} (unsigned; 0: all 2^64) from {@code address} have an address in common with this. */
    boolean meets(long address, long bytes) {
        return Long.compareUnsigned(address, last) <= 0 && Long.compareUnsigned(address + bytes - 1, first) >= 0;
    }

    @Override
    public String toString() {
        return first == 0 && last == -1L ? "everything" : String.format(Locale.ROOT, "0x%x..0x%x", first, last);
    }
}
