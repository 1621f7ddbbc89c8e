package dev.hitless.iommu.hardware.amdvi;

import java.util.Locale;

/**
 * The addresses that an invalidation names: an aligned block of {@code 1 << bits} bytes that holds {@code address}.
 *
 * @param address any address in the block
 * @param bits log2 of the length, 12..64
 */
record AddressSpan(long address, int bits) {
    private static final int WHOLE_SPACE_BITS = 64;

    /**
     * Decodes the second word of a command: 63:12 address, 0 S. S=0: one page. S=1: a run of ones from bit 12 up, ended by
     * a zero at bit k, makes 2^(k+1) bytes; 0x7fff_ffff_ffff_f000 is everything, and so is a run without an end.
     */
    static AddressSpan ofOperand(long high) {
        if (!BitField.isSet(high, 0)) {
            return new AddressSpan(BitField.inPlace(high, 63, 12), 12);
        }
        int ones = Long.numberOfTrailingZeros(~(high >>> 12));
        return new AddressSpan(BitField.inPlace(high, 63, 12), Math.min(13 + ones, WHOLE_SPACE_BITS));
    }

    boolean isWholeSpace() {
        return bits == WHOLE_SPACE_BITS;
    }

    /** Whether an aligned block of a power of two bytes shares an address with this one. A length of 0: the whole space. */
    boolean overlaps(long firstAddress, long lengthBytes) {
        if (isWholeSpace() || lengthBytes == 0) {
            return true;
        }
        int shift = Math.max(bits, Long.numberOfTrailingZeros(lengthBytes));
        return address >>> shift == firstAddress >>> shift;
    }

    @Override
    public String toString() {
        return isWholeSpace()
                ? "all addresses"
                : String.format(Locale.ROOT, "0x%x + 2^%d", address & -(1L << bits), bits);
    }
}
