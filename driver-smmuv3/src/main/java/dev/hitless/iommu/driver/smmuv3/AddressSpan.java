package dev.hitless.iommu.driver.smmuv3;

/**
 * 2^{@code log2Pages} pages of 4 KiB from an address that is aligned to that, as CMD_ATC_INV names them.
 *
 * @param address first address
 * @param log2Pages 0..51, or 52 for every address
 */
record AddressSpan(long address, int log2Pages) {
    /** Every address. */
    static final AddressSpan EVERYTHING = new AddressSpan(0, Command.EVERYTHING);

    private static final int PAGE_SHIFT = 12;

    /** The smallest span that holds {@code lengthBytes} (unsigned, not 0) from {@code address}. */
    static AddressSpan covering(long address, long lengthBytes) {
        long differing = address ^ (address + lengthBytes - 1);
        int bits = Math.max(PAGE_SHIFT, Long.SIZE - Long.numberOfLeadingZeros(differing));
        return bits >= Long.SIZE ? EVERYTHING : new AddressSpan(address & -1L << bits, bits - PAGE_SHIFT);
    }
}
